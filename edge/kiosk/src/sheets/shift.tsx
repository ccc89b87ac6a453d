import type { ShiftRecord } from '@baari/shared/contracts/http/edge-api'
import { kilogramText } from '@baari/shared/units/mass'
import { paise, rupeeText } from '@baari/shared/units/money'
import { useEffect, useState, type JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient } from '../api/node-client.ts'
import { Keypad } from '../parts/keypad.tsx'
import { ProblemLine, Sheet } from '../parts/sheet.tsx'
import { clockText, paiseOfRupees } from '../parts/texts.ts'
import { useAction } from '../parts/use-action.ts'

/** Open with the cash in the drawer, close with the cash counted; the difference is shown. */
export function Shift({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const { t } = useTranslation()
  const [shift, setShift] = useState<ShiftRecord | null>(null)
  const [cash, setCash] = useState('')
  const action = useAction()
  useEffect(() => {
    action.run(nodeClient.shift, setShift)
    // Asked once when the page opens; no open shift is a normal answer.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])
  const isOpen = shift !== null && shift.closedAtMs === null
  const done = (next: ShiftRecord): void => {
    setShift(next)
    setCash('')
  }
  return (
    <Sheet title={t('menu.shift')} onClose={onClose}>
      <div className="two-sides">
        <div>
          {shift ? <ShiftFacts shift={shift} /> : <p>{t('shift.none')}</p>}
          <p>{t(isOpen ? 'shift.closeCash' : 'shift.openCash')}</p>
          <p className="typed number">{cash || '0'}</p>
          <ProblemLine problem={action.problem?.code === 'shift_closed' ? null : action.problem} />
          <button
            type="button"
            className="touch wide primary"
            disabled={action.busy}
            onClick={() =>
              action.run(
                () =>
                  isOpen
                    ? nodeClient.closeShift(paiseOfRupees(cash))
                    : nodeClient.openShift(paiseOfRupees(cash)),
                done,
              )
            }
          >
            {t(isOpen ? 'shift.close' : 'shift.open')}
          </button>
        </div>
        <Keypad value={cash} maxLength={7} onChange={setCash} />
      </div>
    </Sheet>
  )
}

function ShiftFacts({ shift }: { readonly shift: ShiftRecord }): JSX.Element {
  const { t } = useTranslation()
  const counted = shift.countedCashPaise
  return (
    <div>
      <p>{t('shift.since', { name: shift.attendant.name, time: clockText(shift.openedAtMs) })}</p>
      <dl className="figures">
        <dt>{t('shift.fills')}</dt>
        <dd className="number">{shift.fills}</dd>
        <dt>{t('shift.gas')}</dt>
        <dd className="number">
          {kilogramText(shift.grams, 3)} {t('units.kg')}
        </dd>
        <dt>{t('shift.amount')}</dt>
        <dd className="number">
          {t('units.rs')} {rupeeText(shift.amountPaise)}
        </dd>
        <dt>{t('shift.expected')}</dt>
        <dd className="number">
          {t('units.rs')} {rupeeText(shift.expectedCashPaise)}
        </dd>
        {counted !== null && (
          <>
            <dt>{t('shift.difference')}</dt>
            <dd className="number">
              {t('units.rs')} {rupeeText(paise(counted - shift.expectedCashPaise))}
            </dd>
          </>
        )}
      </dl>
      {shift.nozzles.map((nozzle) => (
        <p key={nozzle.position} className="number">
          {t('shift.nozzle', {
            no: nozzle.position,
            meter: kilogramText(nozzle.totaliserNowGrams, 3),
            sold: kilogramText(nozzle.settledGrams, 3),
            orphan: kilogramText(nozzle.orphanGrams, 3),
          })}
        </p>
      ))}
    </div>
  )
}
