import type { Clock } from '@baari/shared/runtime/clock'
import { millis, type Instant } from '@baari/shared/units/time'
import { tripAlarm } from './trip-commands.ts'
import {
  decideTrip,
  gasAlarm,
  tripCauseOf,
  type TripEffect,
  type TripEvent,
  type TripState,
} from '../../domain/safety/trip-latch.ts'
import type { TripCause, TripFacts } from '../../domain/safety/interlock-facts.ts'
import type { SafetyReadings } from '../../domain/safety/safety-readings.ts'
import type { AlarmDesk } from '../../ports/alarm-desk.ts'
import type { Log } from '../../ports/log.ts'

/** Silence of a sensor is found out by looking; a message is looked at when it comes. */
const lookEvery = millis(100)

const gas = { source: 'safety', code: 'gas_alarm', subject: '' } as const

export type TripWatchParts = {
  readonly readings: () => SafetyReadings
  readonly stopOnLostDetector: boolean
  /** What the ledger holds of the time before this start. */
  readonly latch: TripState
  /** A torn hose, seen by flow and pressure together (X06); absent where nothing says so. */
  readonly hoseBroken?: (() => boolean) | undefined
  /** Sends the stops of every bus at once and withdraws every ready act. */
  readonly allStop: () => void
  /** Facts for the screens or a condition of authorising may have changed. */
  readonly onChange: () => void
  readonly clock: Clock
  readonly log: Log
  readonly alarms: AlarmDesk
}

export type Trip = {
  /** What stopped the station; null when that is no longer known. */
  readonly cause: TripCause | null
  readonly since: Instant
  /** What stops it now; null when it may be reset. */
  readonly causeNow: TripCause | null
}

/**
 * Watches the safety inputs: a trip stops every dispenser before anything else happens and stays
 * latched until an attendant resets it (hardware.md section 10.3 and 10.4).
 */
export class TripWatch {
  readonly #parts: TripWatchParts
  #state: TripState
  #cause: TripCause | null = null
  #alarm = ''
  #cancel = (): void => undefined

  constructor(parts: TripWatchParts) {
    this.#parts = parts
    this.#state = parts.latch
  }

  /** A trip of before the start still holds: whatever a dispenser does meanwhile is stopped. */
  start(): void {
    const { allStop, log, latch } = this.#parts
    if (latch.kind === 'tripped') {
      allStop()
      log({ level: 'error', event: 'all stop still holds', fields: { cause: latch.cause } })
    }
    this.#beat()
  }

  stop(): void {
    this.#cancel()
  }

  latched(): boolean {
    return this.#state.kind === 'tripped'
  }

  /** The all-stop that waits for a person, and whether its cause is gone; null when there is none. */
  trip(): Trip | null {
    const state = this.#state
    if (state.kind === 'clear') return null
    return { cause: state.cause, since: state.since, causeNow: this.#cause }
  }

  /** Looks now; called for every message of a sensor. */
  look(): void {
    const facts = this.#facts()
    const cause = tripCauseOf(facts)
    const changed = cause !== this.#cause
    this.#cause = cause
    this.#decide({ kind: 'readings', cause, at: this.#parts.clock.now() })
    if (changed && this.latched()) this.#parts.onChange()
    this.#tellAlarm(gasAlarm(facts.readings).join(', '))
  }

  /**
   * The manual reset; false while the cause is still there. The caller records who did it, which
   * ends the alarm: until that is durable a restart finds the station stopped still.
   */
  reset(): boolean {
    const cause = tripCauseOf(this.#facts())
    this.#cause = cause
    this.#decide({ kind: 'reset', cause, at: this.#parts.clock.now() })
    return !this.latched()
  }

  #beat(): void {
    this.look()
    this.#cancel = this.#parts.clock.after('safety look', lookEvery, () => this.#beat())
  }

  #facts(): TripFacts {
    const { readings, stopOnLostDetector, hoseBroken } = this.#parts
    return { readings: readings(), stopOnLostDetector, hoseTorn: hoseBroken?.() ?? false }
  }

  #decide(event: TripEvent): void {
    const before = this.#state.kind
    const { state, effects } = decideTrip(this.#state, event)
    this.#state = state
    for (const effect of effects) this.#carryOut(effect)
    if (state.kind !== before) this.#parts.onChange()
  }

  #carryOut(effect: TripEffect): void {
    const { allStop, log, alarms } = this.#parts
    switch (effect.kind) {
      case 'all-stop':
        allStop()
        log({ level: 'error', event: 'all stop', fields: { cause: effect.cause } })
        alarms.raise({ ...tripAlarm, detail: effect.cause })
        return
      case 'record':
        log({ level: 'warn', event: effect.what })
        return
      // Withdrawn together with the stops: `allStop` leaves no ready act behind.
      case 'withdraw-ready':
        return
    }
  }

  #tellAlarm(sensors: string): void {
    if (sensors === this.#alarm) return
    this.#alarm = sensors
    const event = sensors === '' ? 'gas alarm over' : 'gas alarm'
    this.#parts.log({ level: 'warn', event, fields: { sensors } })
    if (sensors === '') this.#parts.alarms.clear(gas)
    else this.#parts.alarms.raise({ ...gas, detail: sensors })
    this.#parts.onChange()
  }
}
