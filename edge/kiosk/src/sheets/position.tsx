import type { PositionView, StationView } from '@baari/shared/contracts/live/station-view'
import { kilogramText } from '@baari/shared/units/mass'
import { Octagon, Undo2 } from 'lucide-react'
import { useState, type JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient } from '../api/node-client.ts'
import { reasonText } from '../panels/last-scan.tsx'
import { faultText, refusedText } from '../panels/positions.tsx'
import { outOfTurnLine } from '../parts/out-of-turn-text.ts'
import { ProblemLine, Sheet } from '../parts/sheet.tsx'
import { useAction, type Action } from '../parts/use-action.ts'
import { ClearMeter, MeterWaits, TripReset, type MeterNote } from './resets.tsx'
import { VehicleDetails } from './vehicle-details.tsx'

type PositionSheetProps = {
  readonly position: PositionView
  readonly trip: StationView['trip']
  readonly now: number
  readonly onClose: () => void
}

const stoppable: ReadonlySet<PositionView['state']> = new Set([
  'authorised',
  'filling',
  'finishing',
])
const openable: ReadonlySet<PositionView['state']> = new Set(['free', 'called', 'ready'])

/** The one act that is due at a position, and the few beside it. */
export function PositionSheet({ position, trip, now, onClose }: PositionSheetProps): JSX.Element {
  const { t } = useTranslation()
  const [details, setDetails] = useState(false)
  const [closing, setClosing] = useState(false)
  const [note, setNote] = useState<MeterNote | null>(null)
  const action = useAction()

  if (note !== null) {
    const back = (): void => setNote(null)
    return <ClearMeter position={position} note={note} onDone={onClose} onClose={back} />
  }
  if (details && position.ticket) {
    return (
      <VehicleDetails
        ticket={position.ticket}
        onDone={() => setDetails(false)}
        onClose={() => setDetails(false)}
      />
    )
  }
  return (
    <Sheet title={t('position.title', { no: position.no })} onClose={onClose}>
      {trip && <TripReset trip={trip} />}
      <Facts position={position} />
      {position.frozen && <MeterWaits onFound={setNote} />}
      <div className="stack">
        {closing ? (
          <CloseReasons position={position} action={action} onDone={onClose} />
        ) : (
          <Acts
            position={position}
            action={action}
            onDetails={() => setDetails(true)}
            onClosing={() => setClosing(true)}
            onDone={onClose}
          />
        )}
        <UndoCall position={position} now={now} action={action} onDone={onClose} />
        <ProblemLine problem={action.problem} />
      </div>
    </Sheet>
  )
}

function Facts({ position }: { readonly position: PositionView }): JSX.Element {
  const { t } = useTranslation()
  const stagedTurn = position.fill === null ? undefined : outOfTurnLine(position, t)
  return (
    <div className="facts">
      <p>
        <strong>{t(`position.state.${position.state}`)}</strong>{' '}
        <span className="number">{position.ticket?.plate ?? position.ticket?.label ?? ''}</span>
      </p>
      {position.fill && (
        <p className="typed number">
          {kilogramText(position.fill.grams)} <small>{t('units.kg')}</small>{' '}
          <small>{t('position.limit', { kg: kilogramText(position.fill.limitGrams, 1) })}</small>
        </p>
      )}
      {position.reason && <p>{t('scan.why', { reason: reasonText(position.reason, t) })}</p>}
      {stagedTurn && <p>{stagedTurn}</p>}
      {position.refused && <p className="card-why">{refusedText(position.refused, t)}</p>}
      {position.fault && <FaultFacts fault={position.fault} />}
    </div>
  )
}

type FaultProps = { readonly fault: NonNullable<PositionView['fault']> }

/** An overrun ends when the position is taken out of service, so the sheet says so. */
function FaultFacts({ fault }: FaultProps): JSX.Element {
  const { t } = useTranslation()
  return (
    <>
      <p>{faultText(fault, t)}</p>
      {fault.code === 'preset_overrun' && <p className="hint">{t('position.overrun')}</p>}
    </>
  )
}

type ActsProps = {
  readonly position: PositionView
  readonly action: Action
  readonly onDetails: () => void
  readonly onClosing: () => void
  readonly onDone: () => void
}

function Acts({ position, action, onDetails, onClosing, onDone }: ActsProps): JSX.Element {
  const { t } = useTranslation()
  if (stoppable.has(position.state)) {
    return (
      <button
        type="button"
        className="touch wide stop"
        onClick={() => action.run(() => nodeClient.stop(position.no), onDone)}
      >
        <Octagon aria-hidden="true" /> {t('position.stop')}
      </button>
    )
  }
  if (position.state === 'closed') {
    return (
      <button
        type="button"
        className="touch wide primary"
        onClick={() => action.run(() => nodeClient.openPosition(position.no), onDone)}
      >
        {t('position.open')}
      </button>
    )
  }
  const missing = position.ticket?.needsDetails === true
  return (
    <>
      {openable.has(position.state) && position.state !== 'ready' && (
        <>
          <button
            type="button"
            className="touch wide primary"
            disabled={action.busy}
            onClick={() =>
              missing ? onDetails() : action.run(() => nodeClient.ready(position.no), onDone)
            }
          >
            {missing ? t('walkIn.details') : t('position.start')}
          </button>
          <p className="hint">{t('position.startHint')}</p>
        </>
      )}
      {position.state === 'ready' && <p className="hint">{t('position.readyGiven')}</p>}
      <button type="button" className="touch wide quiet" onClick={onClosing}>
        {t('position.close')}
      </button>
    </>
  )
}

type ReasonProps = {
  readonly position: PositionView
  readonly action: Action
  readonly onDone: () => void
}

const closeReasons = ['hose', 'dispenser', 'pressure', 'other'] as const

function CloseReasons({ position, action, onDone }: ReasonProps): JSX.Element {
  const { t } = useTranslation()
  return (
    <div className="classes">
      {closeReasons.map((reason) => (
        <button
          key={reason}
          type="button"
          className="touch"
          onClick={() => action.run(() => nodeClient.closePosition(position.no, reason), onDone)}
        >
          {t(`position.closeReasons.${reason}`)}
        </button>
      ))}
    </div>
  )
}

type UndoProps = ReasonProps & { readonly now: number }

function UndoCall({ position, now, action, onDone }: UndoProps): JSX.Element | null {
  const { t } = useTranslation()
  const { ticket, until } = undoable(position)
  const undoS = until === null ? 0 : Math.ceil((until - now) / 1000)
  if (ticket === null || undoS <= 0) return null
  return (
    <button
      type="button"
      className="touch wide quiet"
      disabled={action.busy}
      onClick={() => action.run(() => nodeClient.undoCall(ticket.id), onDone)}
    >
      <Undo2 aria-hidden="true" /> {t('scan.undoCall', { s: undoS })}
    </button>
  )
}

/** The call at the position; while gas flows there, the one behind it. */
function undoable(position: PositionView) {
  return position.undoUntilMs === null
    ? { ticket: position.staged, until: position.stagedUndoUntilMs }
    : { ticket: position.ticket, until: position.undoUntilMs }
}
