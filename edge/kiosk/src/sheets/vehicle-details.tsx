import type { TicketView } from '@baari/shared/contracts/live/station-view'
import { useState, type JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient } from '../api/node-client.ts'
import { Keypad, PlateKeyboard } from '../parts/keypad.tsx'
import { ProblemLine, Sheet } from '../parts/sheet.tsx'
import { groupedDate, isoOfTyped } from '../parts/texts.ts'
import { useAction } from '../parts/use-action.ts'

type DetailsProps = {
  readonly ticket: TicketView
  readonly onDone: () => void
  readonly onClose: () => void
}

/** Plate and cylinder date, asked once at a vehicle's first visit (product.md 7.10). */
export function VehicleDetails({ ticket, onDone, onClose }: DetailsProps): JSX.Element {
  const { t } = useTranslation()
  const [plate, setPlate] = useState(ticket.plate ?? '')
  const [step, setStep] = useState<'plate' | 'date'>(ticket.plate === null ? 'plate' : 'date')
  const [date, setDate] = useState('')
  const action = useAction()
  const iso = isoOfTyped(date)

  if (step === 'plate') {
    return (
      <Sheet title={t('details.plate')} onClose={onClose}>
        <div className="plate-head">
          <p className="typed number">{plate || '\u00a0'}</p>
          <button
            type="button"
            className="touch primary"
            disabled={plate.length < 4}
            onClick={() => setStep('date')}
          >
            {t('details.retest')}
          </button>
        </div>
        <PlateKeyboard value={plate} maxLength={11} onChange={setPlate} />
      </Sheet>
    )
  }
  return (
    <Sheet title={t('details.retest')} onClose={onClose}>
      <div className="two-sides">
        <div>
          <p className="number">{plate}</p>
          <p className="typed number">{groupedDate(date) || '\u00a0'}</p>
          <p>
            {date.length === 8 && iso === undefined
              ? t('details.badDate')
              : t('details.retestHint')}
          </p>
          <ProblemLine problem={action.problem} />
          <button
            type="button"
            className="touch wide primary"
            disabled={iso === undefined || action.busy}
            onClick={() =>
              action.run(
                () => nodeClient.details(ticket.id, { plate, retestValidUntil: iso ?? '' }),
                onDone,
              )
            }
          >
            {t('details.save')}
          </button>
          <button type="button" className="touch wide quiet" onClick={() => setStep('plate')}>
            {t('keys.back')}
          </button>
        </div>
        <Keypad value={date} maxLength={8} onChange={setDate} />
      </div>
    </Sheet>
  )
}
