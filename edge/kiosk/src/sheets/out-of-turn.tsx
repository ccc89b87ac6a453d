import type {
  PositionView,
  StationView,
  TicketView,
} from '@baari/shared/contracts/live/station-view'
import {
  outOfTurnReasons,
  type OutOfTurnReason,
  type OutOfTurnTold,
} from '@baari/shared/domain/dispatch/out-of-turn'
import { useState, type JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient } from '../api/node-client.ts'
import type { Translate } from '../i18n/translate.ts'
import { toldText } from '../parts/out-of-turn-text.ts'
import { PinPad } from '../parts/pin-pad.tsx'
import { Sheet } from '../parts/sheet.tsx'
import { unbroken } from '../parts/texts.ts'
import { useAction } from '../parts/use-action.ts'
import { ReasonWords } from './reason-words.tsx'

type OutOfTurnProps = {
  readonly view: StationView
  /** Chosen already, on a card of the line. */
  readonly ticket?: TicketView | undefined
  readonly onDone: () => void
  readonly onClose: () => void
}

/** A manager lets a waiting vehicle go before the others: which, where, why, and the manager's PIN. */
export function OutOfTurn({ view, ticket, onDone, onClose }: OutOfTurnProps): JSX.Element {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState(ticket ?? null)
  const [position, setPosition] = useState<number | null>(null)
  const [reason, setReason] = useState<OutOfTurnReason | null>(null)
  const [told, setTold] = useState<OutOfTurnTold | null>(null)

  if (chosen === null) return <WhichVehicle view={view} onChosen={setChosen} onClose={onClose} />
  const { label } = chosen
  if (position === null) {
    const back = ticket === undefined ? (): void => setChosen(null) : onClose
    return (
      <Sheet title={t('outOfTurn.where', { label })} onClose={back}>
        <Places positions={view.positions} vehicle={chosen} onChosen={setPosition} />
      </Sheet>
    )
  }
  if (told !== null) {
    const sent = { ticket: chosen, position, told }
    return <Allow {...sent} onDone={onDone} onClose={() => setTold(null)} />
  }
  const title = t('outOfTurn.why', { label, no: position })
  if (reason === 'other') {
    const back = (): void => setReason(null)
    return (
      <ReasonWords title={title} onWords={(note) => setTold({ reason, note })} onClose={back} />
    )
  }
  const choose = (one: OutOfTurnReason): void =>
    one === 'other' ? setReason(one) : setTold({ reason: one, note: null })
  return (
    <Sheet title={title} onClose={() => setPosition(null)}>
      <div className="classes">
        {outOfTurnReasons.map((one) => (
          <button key={one} type="button" className="touch" onClick={() => choose(one)}>
            {t(`outOfTurn.reasons.${one}`)}
          </button>
        ))}
      </div>
    </Sheet>
  )
}

type WhichProps = {
  readonly view: StationView
  readonly onChosen: (ticket: TicketView) => void
  readonly onClose: () => void
}

function WhichVehicle({ view, onChosen, onClose }: WhichProps): JSX.Element {
  const { t } = useTranslation()
  const waiting = waitingOf(view)
  return (
    <Sheet title={t('outOfTurn.who')} onClose={onClose}>
      <p className="hint">{t(waiting.length === 0 ? 'cannot.nobody' : 'outOfTurn.hint')}</p>
      <ul className="people">
        {waiting.map((one) => (
          <li key={one.id}>
            <button type="button" className="touch wide number" onClick={() => onChosen(one)}>
              {one.label}
            </button>
          </li>
        ))}
      </ul>
    </Sheet>
  )
}

/** Who was scanned last may stand behind everybody that the view names: it is offered first. */
function waitingOf({ next, lastScan }: StationView): readonly TicketView[] {
  const last = lastScan?.ticket ?? null
  const listed = last === null || next.some(({ id }) => id === last.id)
  return listed || (last.state !== 'waiting' && last.state !== 'standby') ? next : [last, ...next]
}

type PlacesProps = {
  readonly positions: readonly PositionView[]
  readonly vehicle: TicketView
  readonly onChosen: (no: number) => void
}

function Places({ positions, vehicle, onChosen }: PlacesProps): JSX.Element {
  const { t } = useTranslation()
  const fits = fitting(positions, vehicle)
  return (
    <div className="classes">
      {positions.map((position) => (
        <button
          key={position.no}
          type="button"
          className="touch turn-place"
          data-place={position.no}
          disabled={!takesOne.has(position.state) || !fits(position)}
          onClick={() => onChosen(position.no)}
        >
          <strong>{t('position.title', { no: position.no })}</strong>
          <small>{fits(position) ? whatHappens(position, t) : t('outOfTurn.unfit')}</small>
        </button>
      ))}
    </div>
  )
}

/** Buses take the high-flow profile and the others NGV1, where the station has it. */
function fitting(
  positions: readonly PositionView[],
  { vehicleClass }: TicketView,
): (position: PositionView) => boolean {
  const wanted = vehicleClass === 'bus' ? 'ngv2' : 'ngv1'
  const has = positions.some(({ nozzles }) => nozzles.includes(wanted))
  return ({ nozzles }) => !has || nozzles.includes(wanted)
}

/** States in which a vehicle may be sent here; the node has the last word. */
const takesOne: ReadonlySet<PositionView['state']> = new Set([
  'free',
  'called',
  'filling',
  'finishing',
])

function whatHappens({ state, ticket, staged }: PositionView, t: Translate): string {
  switch (state) {
    case 'filling':
    case 'finishing':
      return [t('outOfTurn.behind'), staged && goesBack(staged, t)]
        .filter((part) => part !== null)
        .join(', ')
    case 'free':
    case 'called':
      return ticket ? goesBack(ticket, t) : t('outOfTurn.free')
    case 'ready':
    case 'authorised':
      return t('outOfTurn.taken')
    case 'fault':
    case 'offline':
    case 'closed':
      return t('outOfTurn.out')
  }
}

function goesBack({ label }: TicketView, t: Translate): string {
  return t('outOfTurn.instead', { label: unbroken(label) })
}

type AllowProps = {
  readonly ticket: TicketView
  readonly position: number
  readonly told: OutOfTurnTold
  readonly onDone: () => void
  readonly onClose: () => void
}

function Allow({ ticket, position, told, onDone, onClose }: AllowProps): JSX.Element {
  const { t } = useTranslation()
  const action = useAction()
  const { reason, note } = told
  const send = (managerPin: string): void => {
    const words = note === null ? {} : { note }
    const body = { position, reason, managerPin, ...words }
    action.run(() => nodeClient.callOutOfTurn(ticket.id, body), onDone)
  }
  return (
    <Sheet title={t('outOfTurn.title')} onClose={onClose}>
      <PinPad
        label={t('outOfTurn.confirm', { label: ticket.label, no: position })}
        action={action}
        onPin={send}
      >
        <p>
          <strong>{toldText(told, t)}</strong>
        </p>
      </PinPad>
    </Sheet>
  )
}
