import type { Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Grams } from '@baari/shared/units/mass'
import type { AttendantId, PositionNo, TicketId } from '@baari/shared/units/names'
import type { PositionFacts } from '../../domain/position/position-facts.ts'
import type { CallMade } from '../queue/call-made.ts'

export type Turns = {
  /** A vehicle's turn at a position that is free for it; the same call may be told again. */
  readonly called: (call: Pick<CallMade, 'ticket' | 'position'>) => void
  /** The call was undone, skipped or left. */
  readonly released: (ticket: TicketId) => void
}

/**
 * The positions as a whole, seen from the desk. Nothing here waits for a disk: acts are taken over
 * at once and what comes of them shows in `facts`.
 */
export type Forecourt = {
  facts(): readonly PositionFacts[]
  /** Vehicles whose turn it is; a call already known is harmless. */
  carryOut(calls: readonly CallMade[]): void
  /** The vehicle is no longer called: an authorise not yet used is taken back. */
  release(ticket: TicketId): void
  ready(act: {
    readonly position: PositionNo
    readonly attendant: AttendantId
    readonly limitGrams: Grams | null
  }): Result<null, Refusal>
  stop(act: {
    readonly position: PositionNo
    readonly attendant: AttendantId
  }): Result<null, Refusal>
  close(act: {
    readonly position: PositionNo
    readonly attendant: AttendantId
    readonly reason: string
  }): Result<null, Refusal>
  open(act: {
    readonly position: PositionNo
    readonly attendant: AttendantId
  }): Result<null, Refusal>
  /** The ledger holds that a manager cleared the meter: the position's nozzles may sell again. */
  meterCleared(position: PositionNo): void
  /** Who may drive up, in the order of the calls. */
  onTurn(turns: Turns): () => void
  /** Called after each change of the facts, but for more gas of the same fill. */
  onChange(call: () => void): () => void
  /** Called when gas flowed, several times a second and position. */
  onFlow(call: () => void): () => void
}
