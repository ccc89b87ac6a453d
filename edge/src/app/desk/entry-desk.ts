import type { WalkInAnswer } from '@baari/shared/contracts/http/edge-api'
import type { StationView } from '@baari/shared/contracts/live/station-view'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { dayOfIsoDate } from '@baari/shared/units/ist-calendar'
import type { LaneNo, TicketId } from '@baari/shared/units/names'
import type { InputOf, OutputOf } from '../../ports/ledger.ts'
import type { By, Entry } from '../../ports/station-desk.ts'
import type { CallMade } from '../queue/call-made.ts'
import type { CalledOutOfTurn, CallOutOfTurn } from '../queue/call-out-of-turn.ts'
import { runOnce } from '../request/run-once.ts'
import type { WalkInOpened } from '../walk-in/open-walk-in.ts'
import { acceptScan, type AcceptScanParts } from '../scan/accept-scan.ts'
import type { DeskCommands, DeskLedger } from './desk-commands.ts'
import type { Forecourt } from './forecourt.ts'
import { managerUnlocks, type CheckPin } from './people-desk.ts'
import { usualFillAt } from '../view/public-board.ts'

export type EntryDeskParts = {
  readonly scans: AcceptScanParts
  readonly ledger: DeskLedger
  readonly forecourt: Forecourt
  readonly checkPin: CheckPin
  readonly lanes: ReadonlySet<LaneNo>
  /** Pressure of the bank as people are told it; absent where nobody measures. */
  readonly gas?: () => StationView['gas']
  /** A number was given out for the first time; returns at once. */
  readonly onWalkIn?: (opened: WalkInGiven) => void
}

/** What the driver is told with the number. */
export type WalkInGiven = WalkInAnswer

type Refusable<K extends keyof DeskCommands> =
  OutputOf<DeskCommands[K]> extends Result<infer T, Refusal> ? T : never

/** What happens at the lane: scans, walk-ins, the queue's exceptions. */
export function entryDesk(parts: EntryDeskParts): Entry {
  const positions = () => parts.forecourt.facts()
  const change = changesOf(parts)

  async function moves(command: MoveCommand, ticket: TicketId, by: By) {
    const input = { ticket, by: by.attendant, positions: positions() }
    // One that is back keeps the position it may be called to.
    const released = () => (command === 'ticket.back' ? null : ticket)
    const moved = await change(by, command, { input, released })
    return moved.ok ? ok(moved.value.ticket) : moved
  }

  return {
    scan: (ask, by) => scanAtDesk(parts, ask, by),
    async undoScan(scan, by) {
      const input = { scan, by: by.attendant, positions: positions() }
      const undone = await change(by, 'scan.undo', { input, released: ({ ticket }) => ticket })
      return undone.ok ? ok(null) : undone
    },
    async openWalkIn({ vehicleClass, plate, retestValidUntil }, by) {
      const retestDay = retestValidUntil === undefined ? undefined : dayOfIsoDate(retestValidUntil)
      if (retestValidUntil !== undefined && retestDay === undefined)
        return err(refusal('retest_missing'))
      const input = { vehicleClass, plate, retestDay, by: by.attendant, positions: positions() }
      const told = (given: WalkInOpened) => toldOf(given, parts.gas?.() ?? null)
      const opened = await change(by, 'walkIn.open', {
        input,
        first: (given) => parts.onWalkIn?.(told(given)),
      })
      return opened.ok ? ok(told(opened.value)) : opened
    },
    async details({ ticket, plate, retestValidUntil }, by) {
      const retestDay = dayOfIsoDate(retestValidUntil)
      if (retestDay === undefined) return err(refusal('retest_missing'))
      return change(by, 'ticket.details', {
        input: { ticket, plate, retestDay, by: by.attendant },
      })
    },
    skip: (ticket, by) => moves('ticket.skip', ticket, by),
    back: (ticket, by) => moves('ticket.back', ticket, by),
    leave: (ticket, by) => moves('ticket.leave', ticket, by),
    why: (ticket) => parts.ledger.run('ticket.why', { ticket }),
    async callOutOfTurn(ask, by) {
      const told = await allowed(parts, ask, by)
      if (!told.ok) return told
      const input = { ...told.value, positions: positions() }
      const called = await change(by, 'call.outOfTurn', { input, released: displacedOf })
      return called.ok ? ok(answerOf(called.value)) : called
    },
    async undoCall(ticket, by) {
      const input = { ticket, by: by.attendant, positions: positions() }
      const undone = await change(by, 'call.undo', { input, released: () => ticket })
      return undone.ok ? ok(null) : undone
    },
  }
}

/** One change under its key; calls and releases are carried out the first time only. */
function changesOf({ ledger, forecourt }: Pick<EntryDeskParts, 'ledger' | 'forecourt'>) {
  return async <K extends QueueCommand>(
    by: By,
    command: K,
    { input, released, first }: Change<K>,
  ): Promise<Result<Refusable<K>, Refusal>> => {
    const once = await runOnce(ledger, by.request, { command, input })
    if (!once.ok) return once
    const answer = once.value.answer as Result<Refusable<K> & Called, Refusal>
    if (!answer.ok || once.value.repeated) return answer
    const gone = released?.(answer.value) ?? null
    if (gone !== null) forecourt.release(gone)
    forecourt.carryOut(answer.value.calls ?? [])
    first?.(answer.value)
    return answer
  }
}

function toldOf(opened: WalkInOpened, gas: StationView['gas']): WalkInGiven {
  const { ticket, number, wait, cutUntil } = opened
  const expectedGrams = usualFillAt(gas, ticket.vehicleClass)
  return { ticket, number, wait, expectedGrams, cutUntilMs: cutUntil }
}

const displacedOf = ({ displaced }: CalledOutOfTurn): TicketId | null => displaced
const answerOf = ({ ticket, position, staged }: CalledOutOfTurn) => ({ ticket, position, staged })

/** What the manager told, once the PIN has said that it was one. */
async function allowed(
  parts: Pick<EntryDeskParts, 'ledger' | 'checkPin'>,
  { managerPin: pin, note, ...ask }: Parameters<Entry['callOutOfTurn']>[0],
  { attendant: by }: By,
): Promise<Result<Omit<CallOutOfTurn, 'positions'>, Refusal>> {
  const manager = await managerUnlocks(parts, { pin, typedBy: by })
  if (!manager.ok) return manager
  return ok({ ...ask, by, manager: manager.value, note: note || null })
}

type Change<K extends keyof DeskCommands> = {
  readonly input: InputOf<DeskCommands[K]>
  /** Who is no longer called to a position; told before the new calls are. */
  readonly released?: (value: Refusable<K>) => TicketId | null
  /** Not for a repeated request: its effects are there already. */
  readonly first?: ((value: Refusable<K>) => void) | undefined
}
type Called = { readonly calls?: readonly CallMade[] }
type MoveCommand = 'ticket.skip' | 'ticket.back' | 'ticket.leave'
type QueueCommand =
  'scan.undo' | 'walkIn.open' | MoveCommand | 'ticket.details' | 'call.outOfTurn' | 'call.undo'

async function scanAtDesk(
  { scans, ledger, checkPin, lanes }: EntryDeskParts,
  ask: Parameters<Entry['scan']>[0],
  by: By,
): ReturnType<Entry['scan']> {
  const { source, lane, text, managerPin, plate, answer } = ask
  if (!lanes.has(lane)) return err(refusal('lane_unknown', { lane }))
  if (managerPin !== undefined) {
    const opened = await managerUnlocks(
      { ledger, checkPin },
      { pin: managerPin, typedBy: by.attendant },
    )
    if (!opened.ok) return opened
  }
  const heard = { source, lane, text, plate, answer, managerUnlocked: managerPin !== undefined }
  return acceptScan(scans, heard, by.request)
}
