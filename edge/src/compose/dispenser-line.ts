import type { BytePipe, PipeState } from '@baari/hardware/ports/byte-pipe'
import type { BusStats } from '@baari/hardware/ports/bus'
import type { Dispenser } from '@baari/hardware/ports/dispenser'
import type { Fault } from '@baari/shared/faults/no'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Log } from '../ports/log.ts'
import type { BusPlan, DispenserPlan } from '../ports/station-plan.ts'

export type LineParts = {
  readonly plan: BusPlan
  /** Its bytes, open or being opened. */
  readonly pipe: BytePipe
  /** `station.control` of the station file: without it every device is read only. */
  readonly stationControl: boolean
  readonly clock: Clock
  readonly log: Log
}

/** Counters of a link that a technician asks for, whatever it speaks; a line may keep more. */
export type LinkCounts = Pick<
  BusStats,
  'exchanges' | 'timeouts' | 'retries' | 'lateReplies' | 'damagedFrames'
> &
  Readonly<Record<string, number>>

/** One line with dispensers on it, whatever protocol it speaks. */
export type DispenserLine = {
  /** A device that hangs on it; null when its driver cannot do what the station file asks. */
  dispenser(device: DispenserPlan): Dispenser | null
  start(): void
  state(): PipeState
  stats(): LinkCounts
  /** What is wrong with the line itself now (ports/bus.ts). */
  faults(): readonly Fault[]
  /** Called when one of them is seen. */
  onFault(call: () => void): void
  close(): Promise<void>
}

export type OpenLine = (parts: LineParts) => DispenserLine
