import type { Instant } from '@baari/shared/units/time'
import type { TripCause, TripFacts } from './interlock-facts.ts'
import { interlockNames, interlocks } from './interlocks.ts'
import { trusted, type SafetyReadings } from './safety-readings.ts'

export type TripState =
  | { readonly kind: 'clear' }
  | {
      readonly kind: 'tripped'
      /** Null when a node that started finds a trip whose cause it does not know. */
      readonly cause: TripCause | null
      readonly since: Instant
    }

export type TripEvent =
  | { readonly kind: 'readings'; readonly cause: TripCause | null; readonly at: Instant }
  /** The manual reset by an attendant; it opens nothing while the cause is there. */
  | { readonly kind: 'reset'; readonly cause: TripCause | null; readonly at: Instant }

export type TripEffect =
  | { readonly kind: 'all-stop'; readonly cause: TripCause }
  | { readonly kind: 'withdraw-ready' }
  | { readonly kind: 'record'; readonly what: 'safety.tripped' | 'safety.reset' }

export type TripDecision = { readonly state: TripState; readonly effects: readonly TripEffect[] }

type Rules = {
  readonly [S in TripState['kind']]: {
    readonly [E in TripEvent['kind']]: (
      s: Extract<TripState, { kind: S }>,
      e: Extract<TripEvent, { kind: E }>,
    ) => TripDecision
  }
}

/** Latching: what tripped stays tripped until a person resets it (hardware.md 10.3, 10.4, X01). */
const rules: Rules = {
  clear: {
    readings: (s, e) => (e.cause === null ? { state: s, effects: [] } : trip(e.cause, e.at)),
    reset: (s) => ({ state: s, effects: [] }),
  },
  tripped: {
    readings: (s, e) =>
      e.cause === null || e.cause === s.cause
        ? { state: s, effects: [] }
        : { state: { ...s, cause: e.cause }, effects: [{ kind: 'all-stop', cause: e.cause }] },
    reset: (s, e) =>
      e.cause === null
        ? { state: { kind: 'clear' }, effects: [{ kind: 'record', what: 'safety.reset' }] }
        : { state: s, effects: [] },
  },
}

export function decideTrip(state: TripState, event: TripEvent): TripDecision {
  const rule = rules[state.kind][event.kind] as (s: TripState, e: TripEvent) => TripDecision
  return rule(state, event)
}

/** All given *ready* acts end with a trip, so that recovery alone starts nothing. */
function trip(cause: TripCause, since: Instant): TripDecision {
  return {
    state: { kind: 'tripped', cause, since },
    effects: [
      { kind: 'all-stop', cause },
      { kind: 'withdraw-ready' },
      { kind: 'record', what: 'safety.tripped' },
    ],
  }
}

const causes = interlockNames.flatMap((name) => {
  const { stops } = interlocks[name]
  return stops !== null && 'when' in stops ? [{ name: name as TripCause, when: stops.when }] : []
})

/** Every cause of an all-stop, in the order of the table. */
export const tripCauses: readonly TripCause[] = causes.map(({ name }) => name)

/** Why the station must stand still now: the first row of the table that says so; null when none. */
export function tripCauseOf(facts: TripFacts): TripCause | null {
  return causes.find(({ when }) => when(facts))?.name ?? null
}

/** At or above the warning limit, or not readable: alarm, and nothing new is authorised (X02). */
export function gasAlarm({ gas }: SafetyReadings): readonly string[] {
  return gas
    .filter(({ reading, warnPercentLel }) => !trusted(reading) || reading.value >= warnPercentLel)
    .map(({ id }) => id)
}
