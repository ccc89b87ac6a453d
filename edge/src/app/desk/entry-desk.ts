import type { WalkInAnswer } from '@baari/shared/contracts/http/edge-api'
import type { StationView } from '@baari/shared/contracts/live/station-view'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { dayOfIsoDate } from '@baari/shared/units/ist-calendar'
import type { LaneNo, TicketId } from '@baari/shared/units/names'
import type { InputOf, OutputOf } from '../../ports/ledger.ts'
import type { By, Entry } from '../../ports/station-desk.ts'
import type { CallMade } from '../queue/call-made.ts'
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
  const { forecourt } = parts
  const positions = () => forecourt.facts()

  /** One change under its key; calls and releases are carried out the first time only. */
  async function change<K extends QueueCommand>(
    by: By,
    command: K,
    { input, released, first }: Change<K>,
  ): Promise<Result<Refusable<K>, Refusal>> {
    const once = await runOnce(parts.ledger, by.request, { command, input })
    if (!once.ok) return once
    const answer = once.value.answer as Result<Refusable<K> & Called, Refusal>
    if (!answer.ok || once.value.repeated) return answer
    if (released !== undefined) forecourt.release(released)
    forecourt.carryOut(answer.value.calls ?? [])
    first?.(answer.value)
    return answer
  }

  return {
    scan: (ask, by) => scanAtDesk(parts, ask, by),
    async undoScan(scan, by) {
      const input = { scan, by: by.attendant, positions: positions() }
      const undone = await change(by, 'scan.undo', { input })
      if (undone.ok && undone.value.ticket !== null) forecourt.release(undone.value.ticket)
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
    async skip(ticket, by) {
      const input = { ticket, by: by.attendant, positions: positions() }
      const moved = await change(by, 'ticket.skip', { input, released: ticket })
      return moved.ok ? ok(moved.value.ticket) : moved
    },
    async back(ticket, by) {
      const input = { ticket, by: by.attendant, positions: positions() }
      const moved = await change(by, 'ticket.back', { input })
      return moved.ok ? ok(moved.value.ticket) : moved
    },
    async leave(ticket, by) {
      const input = { ticket, by: by.attendant, positions: positions() }
      const moved = await change(by, 'ticket.leave', { input, released: ticket })
      return moved.ok ? ok(moved.value.ticket) : moved
    },
    why: (ticket) => parts.ledger.run('ticket.why', { ticket }),
    async undoCall(ticket, by) {
      const input = { ticket, by: by.attendant, positions: positions() }
      const undone = await change(by, 'call.undo', { input, released: ticket })
      return undone.ok ? ok(null) : undone
    },
  }
}

function toldOf(opened: WalkInOpened, gas: StationView['gas']): WalkInGiven {
  const { ticket, number, wait, cutUntil } = opened
  const expectedGrams = usualFillAt(gas, ticket.vehicleClass)
  return { ticket, number, wait, expectedGrams, cutUntilMs: cutUntil }
}

type Change<K extends keyof DeskCommands> = {
  readonly input: InputOf<DeskCommands[K]>
  readonly released?: TicketId
  /** Not for a repeated request: its effects are there already. */
  readonly first?: ((value: Refusable<K>) => void) | undefined
}
type Called = { readonly calls?: readonly CallMade[] }
type QueueCommand =
  | 'scan.undo'
  | 'walkIn.open'
  | 'ticket.back'
  | 'ticket.details'
  | 'ticket.skip'
  | 'ticket.leave'
  | 'call.undo'

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
