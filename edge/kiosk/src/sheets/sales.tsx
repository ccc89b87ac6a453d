import type { SaleView } from '@baari/shared/contracts/live/station-view'
import { kilogramText } from '@baari/shared/units/mass'
import { rupeeText } from '@baari/shared/units/money'
import type { JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient } from '../api/node-client.ts'
import { ProblemLine, Sheet } from '../parts/sheet.tsx'
import { clockText } from '../parts/texts.ts'
import { useAction } from '../parts/use-action.ts'

type SalesProps = { readonly sales: readonly SaleView[]; readonly onClose: () => void }

/** The last sales with the exact figures; one touch records how it was paid. */
export function Sales({ sales, onClose }: SalesProps): JSX.Element {
  const { t } = useTranslation()
  const action = useAction()
  const collect = (sale: SaleView, method: 'cash' | 'upi'): void =>
    action.run(
      () => nodeClient.collect(sale.fill, { method, amountPaise: sale.amountPaise }),
      () => undefined,
    )
  const print = (sale: SaleView): void =>
    action.run(
      () => nodeClient.printReceipt(sale.fill),
      () => undefined,
    )
  return (
    <Sheet title={t('menu.sales')} onClose={onClose}>
      <ProblemLine problem={action.problem} />
      {sales.length === 0 && <p>{t('sales.none')}</p>}
      <ul className="sales">
        {sales.map((sale) => (
          <li key={sale.fill} data-fill={sale.fill}>
            <span className="number">{clockText(sale.settledAtMs)}</span>
            <strong className="number">{sale.label}</strong>
            <span className="number">
              {kilogramText(sale.grams, 3)} {t('units.kg')}
            </span>
            <strong className="number">
              {t('units.rs')} {rupeeText(sale.amountPaise)}
            </strong>
            <ReceiptKey sale={sale} busy={action.busy} onPrint={print} />
            {sale.collected || sale.flag === 'orphan' ? (
              <span className="pay">
                <Flag flag={sale.flag} />
                {sale.collected && t('sales.collected')}
              </span>
            ) : (
              <span className="pay">
                <Flag flag={sale.flag} />
                <button
                  type="button"
                  className="touch"
                  disabled={action.busy}
                  onClick={() => collect(sale, 'cash')}
                >
                  {t('sales.cash')}
                </button>
                <button
                  type="button"
                  className="touch"
                  disabled={action.busy}
                  onClick={() => collect(sale, 'upi')}
                >
                  {t('sales.upi')}
                </button>
              </span>
            )}
          </li>
        ))}
      </ul>
    </Sheet>
  )
}

type ReceiptKeyProps = {
  readonly sale: SaleView
  readonly busy: boolean
  readonly onPrint: (sale: SaleView) => void
}

/** Only what was sold has a receipt; the place stays empty for the rest. */
function ReceiptKey({ sale, busy, onPrint }: ReceiptKeyProps): JSX.Element {
  const { t } = useTranslation()
  if (sale.flag === 'orphan' || sale.flag === 'dispute') return <span />
  return (
    <button type="button" className="touch" disabled={busy} onClick={() => onPrint(sale)}>
      {t('print.receipt')}
    </button>
  )
}

function Flag({ flag }: { readonly flag: SaleView['flag'] }): JSX.Element | null {
  const { t } = useTranslation()
  return flag === 'none' ? null : <span className="flag">{t(`sales.flag.${flag}`)}</span>
}
