import { manualClock, type ManualClock } from '@baari/shared/testing/manual-clock'
import { instant, millis } from '@baari/shared/units/time'
import { beforeEach, describe, expect, it } from 'vitest'
import { TripWatch } from '../../../src/app/safety/trip-watch.ts'
import type { TripState } from '../../../src/domain/safety/trip-latch.ts'
import type { SafetyReadings } from '../../../src/domain/safety/safety-readings.ts'
import { keptLog, silentAlarms } from '../../support/silent-parts.ts'

const well: SafetyReadings = {
  esd: { value: 'healthy', quality: 'good' },
  gas: [
    {
      id: 'lel-1',
      reading: { value: 2, quality: 'good' },
      warnPercentLel: 20,
      stopPercentLel: 40,
    },
  ],
  bank: null,
}
const gasAt = (value: number): SafetyReadings => ({
  ...well,
  gas: well.gas.map((detector) => ({ ...detector, reading: { value, quality: 'good' } })),
})
const pressed: SafetyReadings = { ...well, esd: { value: 'tripped', quality: 'good' } }

let clock: ManualClock
let now: SafetyReadings
let stops: number
let torn: boolean
let events: readonly { readonly event: string }[]
let watch: TripWatch
let changes: number
let startWith: (latch: TripState) => TripWatch
beforeEach(() => {
  clock = manualClock()
  now = well
  stops = 0
  torn = false
  const { log, lines } = keptLog()
  events = lines
  changes = 0
  startWith = (latch) => {
    const made = new TripWatch({
      latch,
      readings: () => now,
      stopOnLostDetector: true,
      hoseBroken: () => torn,
      allStop: () => (stops += 1),
      onChange: () => (changes += 1),
      clock,
      log,
      alarms: silentAlarms,
    })
    made.start()
    return made
  }
  watch = startWith({ kind: 'clear' })
})

describe('the safety watch', () => {
  it('a healthy station is not stopped', () => {
    clock.advance(millis(60_000))
    expect(stops).toBe(0)
    expect(watch.latched()).toBe(false)
  })

  it('X06 a torn hose stops every dispenser, once, and stays latched when the flow has ended', () => {
    torn = true
    clock.advance(millis(100))
    expect(stops).toBe(1)
    expect(events.map(({ event }) => event)).toContain('all stop')
    torn = false
    clock.advance(millis(60_000))
    expect(stops).toBe(1)
    expect(watch.latched()).toBe(true)
    expect(watch.reset()).toBe(true)
  })

  it('X06 a reset while gas still flows out of a torn hose opens nothing', () => {
    torn = true
    clock.advance(millis(100))
    expect(watch.reset()).toBe(false)
    expect(stops).toBe(1)
  })

  it('a pressed emergency stop is found within 100 ms without any message', () => {
    now = pressed
    clock.advance(millis(100))
    expect(stops).toBe(1)
    expect(watch.latched()).toBe(true)
  })

  it('a message that trips stops before anything else happens', () => {
    now = gasAt(40)
    watch.look()
    expect(stops).toBe(1)
    expect(events[0]).toMatchObject({ level: 'error', event: 'all stop', fields: { cause: 'gas' } })
  })

  it('20 % LEL is an alarm that stops nothing, told once', () => {
    now = gasAt(20)
    clock.advance(millis(5000))
    expect(stops).toBe(0)
    expect(events.map(({ event }) => event)).toEqual(['gas alarm'])
  })

  it('X01: a trip stays latched when its cause is gone, until a person resets it', () => {
    now = pressed
    clock.advance(millis(100))
    now = well
    clock.advance(millis(60_000))
    expect(watch.latched()).toBe(true)
    expect(watch.reset()).toBe(true)
    expect(watch.latched()).toBe(false)
  })

  it('a reset opens nothing while the cause is there', () => {
    now = pressed
    clock.advance(millis(100))
    expect(watch.reset()).toBe(false)
    expect(watch.latched()).toBe(true)
  })

  it('X02: a detector that fell silent stops a station whose file says so', () => {
    now = {
      ...well,
      gas: well.gas.map((d) => ({ ...d, reading: { value: null, quality: 'stale' } })),
    }
    clock.advance(millis(100))
    expect(stops).toBe(1)
  })

  it('a trip of before the start holds and stops again, though its cause is gone', () => {
    watch.stop()
    watch = startWith({ kind: 'tripped', cause: 'gas', since: instant(5) })
    expect(stops).toBe(1)
    clock.advance(millis(60_000))
    expect(stops).toBe(1)
    expect(watch.trip()).toEqual({ cause: 'gas', since: instant(5), causeNow: null })
    expect(watch.reset()).toBe(true)
    expect(watch.trip()).toBeNull()
  })

  it('a second cause stops once, and the screens hear when the last one is gone', () => {
    now = gasAt(40)
    clock.advance(millis(100))
    now = { ...now, esd: pressed.esd }
    clock.advance(millis(1000))
    expect(stops).toBe(2)
    expect(watch.trip()).toMatchObject({ cause: 'esd', causeNow: 'esd' })
    const before = changes
    now = well
    clock.advance(millis(100))
    expect(changes).toBeGreaterThan(before)
    expect(watch.trip()).toMatchObject({ cause: 'esd', causeNow: null })
  })

  it('a stopped watch leaves no timer behind', () => {
    watch.stop()
    expect(clock.pendingTimers()).toEqual([])
  })
})
