import type { Clock } from '@baari/shared/runtime/clock'
import type { Fault } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Instant, Mono } from '@baari/shared/units/time'

/** Ends a subscription; calling it again is harmless. */
export type Unsubscribe = () => void

/**
 * What a device may do on its line. `listen` never transmits, `poll` only reads, `control` may
 * start and stop gas and needs the station's own flag besides (hardware.md section 3).
 */
export type DeviceMode = 'listen' | 'poll' | 'control'

/** `starting` until the first valid frame or the first verdict that there is none. */
export type HealthState = 'starting' | 'online' | 'offline' | 'stopped'

export type Health = {
  readonly state: HealthState
  readonly sinceMono: Mono
  /** Consecutive exchanges without a valid answer. */
  readonly missedPolls: number
  /** One sentence for the technician. */
  readonly detail: string
}

/** A fault with the times at which it was raised. */
export type RaisedFault = {
  readonly fault: Fault
  readonly raisedAt: Instant
  readonly raisedMono: Mono
}

export type SelfTestStep = {
  readonly name: string
  readonly passed: boolean
  readonly detail: string
}
/** Outcome of a commissioning test; `passed` only when every step passed. */
export type SelfTestReport = { readonly passed: boolean; readonly steps: readonly SelfTestStep[] }

/**
 * Everything that hangs on a wire. `start` returns at once after the device's loop runs: an
 * unreachable device is no start failure, it is an `offline` health, and it is tried for ever.
 * `dispose` sends nothing that moves gas, ends all timers and is idempotent; both take at most 1 s.
 */
export type Device = {
  readonly id: string
  start(): Promise<Result<void, Fault>>
  /** Named apart from a dispenser's `stop`, which ends gas. */
  dispose(reason: string): Promise<void>
  health(): Health
  /** Faults that are raised now, at most one per code. */
  faults(): readonly RaisedFault[]
  /** Reads only; at most 5 s. */
  selfTest(): Promise<SelfTestReport>
}

/** One line of a driver's log. `fields` carry their units in their names. */
export type DeviceLog = (line: {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly event: string
  readonly fields: Readonly<Record<string, string | number | boolean>>
}) => void

/** What every driver gets besides its configuration and its line. */
export type DriverContext = { readonly clock: Clock; readonly log: DeviceLog }
