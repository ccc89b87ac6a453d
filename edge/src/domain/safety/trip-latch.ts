import type { Instant } from '@baari/shared/units/time'
import { trusted, type SafetyReadings } from './safety-readings.ts'

/**
 * What makes every dispenser stop. `gas-lost` is a detector that is configured and not readable,
 * `hose` a torn one (X06).
 */
export type TripCause = 'esd' | 'gas' | 'gas-lost' | 'hose'

/** The station file's `safety.on_stale`: whether a lost detector stops running fills too. */
export type TripPolicy = { readonly stopOnLostDetector: boolean }

export type TripState =
  | { readonly kind: 'clear' }
  | { readonly kind: 'tripped'; readonly cause: TripCause; readonly since: Instant }

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
        : { state: s, effects: [{ kind: 'all-stop', cause: e.cause }] },
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

/**
 * Why the station must stand still now; null when it need not. A broken ESD wire reads as tripped,
 * stale or bad, and all three stop (X01). 40 % LEL stops; a lost detector stops by policy (X02).
 */
export function tripCauseOf(readings: SafetyReadings, policy: TripPolicy): TripCause | null {
  const { esd, gas } = readings
  if (esd !== null && esdOpen(esd)) return 'esd'
  if (
    gas.some(({ reading, stopPercentLel }) => trusted(reading) && reading.value >= stopPercentLel)
  ) {
    return 'gas'
  }
  const lost = gas.some(({ reading }) => reading.quality === 'stale' || reading.quality === 'bad')
  return lost && policy.stopOnLostDetector ? 'gas-lost' : null
}

function esdOpen(esd: NonNullable<SafetyReadings['esd']>): boolean {
  return esd.value !== 'healthy' || esd.quality === 'stale' || esd.quality === 'bad'
}

/** At or above the warning limit, or not readable: alarm, and nothing new is authorised (X02). */
export function gasAlarm({ gas }: SafetyReadings): readonly string[] {
  return gas
    .filter(({ reading, warnPercentLel }) => !trusted(reading) || reading.value >= warnPercentLel)
    .map(({ id }) => id)
}
