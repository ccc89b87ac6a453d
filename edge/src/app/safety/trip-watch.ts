import type { Clock } from '@baari/shared/runtime/clock'
import { millis } from '@baari/shared/units/time'
import {
  decideTrip,
  gasAlarm,
  tripCauseOf,
  type TripEffect,
  type TripEvent,
  type TripState,
} from '../../domain/safety/trip-latch.ts'
import type { TripFacts } from '../../domain/safety/interlock-facts.ts'
import type { SafetyReadings } from '../../domain/safety/safety-readings.ts'
import type { AlarmDesk } from '../../ports/alarm-desk.ts'
import type { Log } from '../../ports/log.ts'

/** Silence of a sensor is found out by looking; a message is looked at when it comes. */
const lookEvery = millis(100)

const trip = { source: 'safety', code: 'all_stop', subject: '' } as const
const gas = { source: 'safety', code: 'gas_alarm', subject: '' } as const

export type TripWatchParts = {
  readonly readings: () => SafetyReadings
  readonly stopOnLostDetector: boolean
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

/**
 * Watches the safety inputs: a trip stops every dispenser before anything else happens and stays
 * latched until an attendant resets it (hardware.md section 10.3 and 10.4).
 */
export class TripWatch {
  readonly #parts: TripWatchParts
  #state: TripState = { kind: 'clear' }
  #alarm = ''
  #cancel = (): void => undefined

  constructor(parts: TripWatchParts) {
    this.#parts = parts
  }

  start(): void {
    this.look()
    this.#cancel = this.#parts.clock.after('safety look', lookEvery, () => this.start())
  }

  stop(): void {
    this.#cancel()
  }

  latched(): boolean {
    return this.#state.kind === 'tripped'
  }

  /** Looks now; called for every message of a sensor. */
  look(): void {
    const facts = this.#facts()
    this.#decide({ kind: 'readings', cause: tripCauseOf(facts), at: this.#parts.clock.now() })
    this.#tellAlarm(gasAlarm(facts.readings).join(', '))
  }

  /** The manual reset; false while the cause is still there. */
  reset(): boolean {
    const cause = tripCauseOf(this.#facts())
    this.#decide({ kind: 'reset', cause, at: this.#parts.clock.now() })
    return !this.latched()
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
        alarms.raise({ ...trip, detail: effect.cause })
        return
      case 'record':
        log({ level: 'warn', event: effect.what })
        if (effect.what === 'safety.reset') alarms.clear(trip)
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
