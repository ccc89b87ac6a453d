import type { WalkInAnswer } from '@baari/shared/contracts/http/edge-api'
import type { StationView } from '@baari/shared/contracts/live/station-view'
import { kilogramText } from '@baari/shared/units/mass'
import { useState, type JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient } from '../api/node-client.ts'
import { ClassKeys } from '../parts/class-keys.tsx'
import { ProblemLine, Sheet } from '../parts/sheet.tsx'
import { clockText, wholeMinutes } from '../parts/texts.ts'
import { useAction } from '../parts/use-action.ts'
import { OutOfTurn } from './out-of-turn.tsx'
import { VehicleDetails } from './vehicle-details.tsx'

type WalkInProps = { readonly view: StationView; readonly onClose: () => void }

/** One touch gives a number; the first visit's details can follow while the driver waits. */
export function WalkIn({ view, onClose }: WalkInProps): JSX.Element {
  const { t } = useTranslation()
  const [given, setGiven] = useState<WalkInAnswer | null>(null)
  const [details, setDetails] = useState(false)
  const [turn, setTurn] = useState(false)
  const action = useAction()

  if (given && details)
    return <VehicleDetails ticket={given.ticket} onDone={onClose} onClose={onClose} />
  if (given && turn)
    return (
      <OutOfTurn
        view={view}
        ticket={given.ticket}
        onDone={onClose}
        onClose={() => setTurn(false)}
      />
    )
  if (given)
    return (
      <GivenNumber
        given={given}
        onDetails={() => setDetails(true)}
        onTurn={() => setTurn(true)}
        onClose={onClose}
      />
    )
  return (
    <Sheet title={t('walkIn.choose')} onClose={onClose}>
      <ClassKeys
        busy={action.busy}
        onChoose={(vehicleClass) => action.run(() => nodeClient.walkIn({ vehicleClass }), setGiven)}
      />
      <ProblemLine problem={action.problem} />
    </Sheet>
  )
}

type GivenProps = {
  readonly given: WalkInAnswer
  readonly onDetails: () => void
  readonly onTurn: () => void
  readonly onClose: () => void
}

function GivenNumber({ given, onDetails, onTurn, onClose }: GivenProps): JSX.Element {
  const { t } = useTranslation()
  const from = Math.max(1, wholeMinutes(given.wait.medianMs))
  return (
    <Sheet title={t('walkIn.number')} onClose={onClose}>
      <p className="given number" data-testid="walk-in-number">
        {given.ticket.label}
      </p>
      <p className="given-wait number">
        {given.cutUntilMs === null
          ? t('walkIn.wait', { a: from, b: Math.max(from + 1, wholeMinutes(given.wait.p90Ms)) })
          : t('app.cut', { time: clockText(given.cutUntilMs) })}
      </p>
      {given.expectedGrams !== null && (
        <p className="given-note number">
          {t('walkIn.gas', { kg: kilogramText(given.expectedGrams, 1) })}
        </p>
      )}
      <div className="actions">
        {given.ticket.needsDetails && (
          <button type="button" className="touch primary" onClick={onDetails}>
            {t('walkIn.details')}
          </button>
        )}
        {given.ticket.state === 'waiting' && (
          <button type="button" className="touch quiet" onClick={onTurn}>
            {t('outOfTurn.title')}
          </button>
        )}
        <button type="button" className="touch" onClick={onClose}>
          {t('walkIn.done')}
        </button>
      </div>
    </Sheet>
  )
}
