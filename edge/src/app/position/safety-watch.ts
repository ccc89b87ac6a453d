import type { Clock } from '@baari/shared/runtime/clock'
import type { SafetyReadings } from '../../domain/safety/safety-readings.ts'
import {
  decideTrip,
  gasAlarm,
  tripCauseOf,
  type TripCause,
  type TripEffect,
  type TripEvent,
  type TripPolicy,
  type TripState,
} from '../../domain/safety/trip-latch.ts'

export type SafetyParts = {
  readonly clock: Clock
  readonly policy: TripPolicy
  /** Every configured input now; called on each change and on a beat, so that silence is seen. */
  readonly readings: () => SafetyReadings
  /** Sends the stops of every bus before it returns (hardware.md 10.3). */
  readonly allStop: (cause: TripCause) => void
  /** For the audit; the stop never waits for it. */
  readonly onRecord: (what: 'safety.tripped' | 'safety.reset', cause: TripCause | null) => void
}

/** The station's latch between its safety inputs and its dispensers. */
export class SafetyWatch {
  readonly #parts: SafetyParts
  #state: TripState = { kind: 'clear' }

  constructor(parts: SafetyParts) {
    this.#parts = parts
  }

  /** Looks at the inputs: on every frame of a safety input, and at least twice a second. */
  look(): void {
    this.#decide('readings')
  }

  /** The manual reset by an attendant; false while the cause is still there. */
  reset(): boolean {
    this.#decide('reset')
    return this.#state.kind === 'clear'
  }

  tripped(): TripState {
    return this.#state
  }

  /** Detectors at their warning limit or not readable, by id. */
  alarms(): readonly string[] {
    return gasAlarm(this.#parts.readings())
  }

  #decide(kind: TripEvent['kind']): void {
    const { clock, policy, readings } = this.#parts
    const cause = tripCauseOf(readings(), policy)
    const { state, effects } = decideTrip(this.#state, { kind, cause, at: clock.now() })
    this.#state = state
    for (const effect of effects) this.#carryOut(effect, cause)
  }

  /** `withdraw-ready` is part of what a stopped position does by itself. */
  #carryOut(effect: TripEffect, cause: TripCause | null): void {
    if (effect.kind === 'all-stop') this.#parts.allStop(effect.cause)
    if (effect.kind === 'record') this.#parts.onRecord(effect.what, cause)
  }
}
