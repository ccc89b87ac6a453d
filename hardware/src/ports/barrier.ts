import type { Fault } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Device, RaisedFault, Unsubscribe } from './device.ts'
import type { Reading } from './reading.ts'

export const barrierPositions = ['open', 'closed', 'moving', 'unknown'] as const
export type BarrierPosition = (typeof barrierPositions)[number]

export type BarrierState = {
  readonly position: BarrierPosition
  /** The loop under the boom sees a vehicle. */
  readonly occupied: boolean
}

/**
 * A lane's barrier. It never moves while the station's interlock is not free, and never closes
 * while its position is unknown, the reading is not good or a vehicle stands under it (X04): such a
 * command is refused with `barrier_refused` and nothing is sent. The boom stays where it is; without
 * power it opens by its own spring. A command that was taken moves the boom later: see `state`.
 */
export type Barrier = Device & {
  readonly lane: number
  open(): Promise<Result<void, Fault>>
  close(): Promise<Result<void, Fault>>
  state(): Reading<BarrierState>
  onFault(call: (raised: RaisedFault) => void): Unsubscribe
}
