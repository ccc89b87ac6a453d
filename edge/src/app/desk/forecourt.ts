import type { Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Grams } from '@baari/shared/units/mass'
import type { AttendantId, PositionNo, TicketId } from '@baari/shared/units/names'
import type { PositionFacts } from '../../domain/position/position-facts.ts'
import type { CallMade } from '../queue/call-made.ts'

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
  /** Called after each change of the facts; many changes in a moment may be one call. */
  onChange(call: () => void): () => void
}
