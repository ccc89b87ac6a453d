import type { SyncStatus } from '@baari/shared/contracts/http/edge-api'
import { kilogramText } from '@baari/shared/units/mass'
import { rupeeText } from '@baari/shared/units/money'
import { useEffect, useState, type JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient } from '../api/node-client.ts'
import { ProblemLine, Sheet } from '../parts/sheet.tsx'
import { clockText } from '../parts/texts.ts'
import { useAction } from '../parts/use-action.ts'

/** The state of the link in plain words: that it is down loses nothing and stops nobody. */
export function LinkPage({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const { t } = useTranslation()
  const [status, setStatus] = useState<SyncStatus | null>(null)
  const action = useAction()
  useEffect(() => {
    action.run(nodeClient.syncStatus, setStatus)
    // Asked once when the page opens; closing and opening it asks again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])
  return (
    <Sheet title={t('menu.sync')} onClose={onClose}>
      <ProblemLine problem={action.problem} />
      {status && (
        <div className="stack">
          <p>{t(status.linkUp ? 'sync.up' : 'sync.down')}</p>
          <p>
            {status.lastExchangeMs === null
              ? t('sync.never')
              : t('sync.last', { time: clockText(status.lastExchangeMs) })}
          </p>
          <p>{t('sync.unsent', { n: status.unsentOps })}</p>
          <p className="number">
            {t('sync.totals', {
              fills: status.totals.fills,
              kg: kilogramText(status.totals.grams, 3),
              rs: rupeeText(status.totals.amountPaise),
            })}
          </p>
        </div>
      )}
    </Sheet>
  )
}
