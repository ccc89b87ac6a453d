import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { instant } from '@baari/shared/units/time'
import type { Quality, SafetyReadings } from '../../../src/domain/safety/safety-readings.ts'
import type { TripCause } from '../../../src/domain/safety/interlock-facts.ts'
import {
  decideTrip,
  gasAlarm,
  tripCauseOf,
  type TripEvent,
  type TripState,
} from '../../../src/domain/safety/trip-latch.ts'

const at = instant(1_760_000_000_000)
const clear: TripState = { kind: 'clear' }

function readings(cause: TripCause | null): TripEvent {
  return { kind: 'readings', cause, at }
}
function reset(cause: TripCause | null): TripEvent {
  return { kind: 'reset', cause, at }
}
function gas(value: number | null, quality: Quality = 'good'): SafetyReadings {
  const detector = { id: 'g', reading: { value, quality }, warnPercentLel: 20, stopPercentLel: 40 }
  return { esd: null, gas: [detector], bank: null }
}
function esd(value: 'healthy' | 'tripped' | null, quality: Quality = 'good'): SafetyReadings {
  return { esd: { value, quality }, gas: [], bank: null }
}
const nothing: SafetyReadings = { esd: null, gas: [], bank: null }
const stop = { stopOnLostDetector: true, hoseTorn: false }
const block = { stopOnLostDetector: false, hoseTorn: false }

describe('what stops the station', () => {
  it('X01: a pressed ESD stops', () => {
    expect(tripCauseOf({ readings: esd('tripped'), ...block })).toBe('esd')
  })
  it('X01: a broken ESD wire, a stale and a bad input stop too', () => {
    expect(tripCauseOf({ readings: esd(null, 'bad'), ...block })).toBe('esd')
    expect(tripCauseOf({ readings: esd('healthy', 'stale'), ...block })).toBe('esd')
  })
  it('X02: 40 % LEL stops, 39 % only alarms', () => {
    expect(tripCauseOf({ readings: gas(40), ...block })).toBe('gas')
    expect(tripCauseOf({ readings: gas(39), ...block })).toBeNull()
    expect(gasAlarm(gas(39))).toEqual(['g'])
    expect(gasAlarm(gas(19))).toEqual([])
  })
  it('X02: a detector that reads 0 mA is an alarm, and stops where the station file says so', () => {
    expect(gasAlarm(gas(null, 'bad'))).toEqual(['g'])
    expect(tripCauseOf({ readings: gas(null, 'bad'), ...block })).toBeNull()
    expect(tripCauseOf({ readings: gas(null, 'bad'), ...stop })).toBe('gas-lost')
  })
  it('an input that is not configured stops nothing', () => {
    expect(tripCauseOf({ readings: nothing, ...stop })).toBeNull()
  })
})

describe('the trip latch', () => {
  const tripped = decideTrip(clear, readings('esd'))

  it('X01: a trip stops everything and withdraws every ready', () => {
    expect(tripped.effects).toEqual([
      { kind: 'all-stop', cause: 'esd' },
      { kind: 'withdraw-ready' },
      { kind: 'record', what: 'safety.tripped' },
    ])
  })
  it('X01: a cause that goes away leaves the station tripped', () => {
    expect(decideTrip(tripped.state, readings(null)).state.kind).toBe('tripped')
  })
  it('X01: a reset while the cause is there opens nothing', () => {
    expect(decideTrip(tripped.state, reset('esd')).state.kind).toBe('tripped')
  })
  it('a reset after the cause is gone clears the latch and is recorded', () => {
    const after = decideTrip(tripped.state, reset(null))
    expect(after).toEqual({ state: clear, effects: [{ kind: 'record', what: 'safety.reset' }] })
  })
  it('a second cause stops everything again', () => {
    expect(decideTrip(tripped.state, readings('gas')).effects).toEqual([
      { kind: 'all-stop', cause: 'gas' },
    ])
  })
  it('no order of readings alone ever clears a trip', () => {
    const causes = fc.array(
      fc.constantFrom<TripCause | null>('esd', 'gas', 'gas-lost', 'hose', null),
    )
    fc.assert(
      fc.property(causes, (list) => {
        const end = list.reduce<TripState>(
          (s, c) => decideTrip(s, readings(c)).state,
          tripped.state,
        )
        return end.kind === 'tripped'
      }),
    )
  })
})
