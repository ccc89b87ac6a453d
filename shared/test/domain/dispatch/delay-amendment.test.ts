import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  delayOfWindow,
  delayText,
  startWhenLate,
} from '../../../src/domain/dispatch/delay-amendment.ts'
import { istDay, istDayStart } from '../../../src/units/ist-calendar.ts'
import { after, dayNumber, hours, millis, minutes } from '../../../src/units/time.ts'
import { at } from './forecourt.ts'

const today = istDay(at(0))
const window = at(60)
const start = (arrival: number, present: number, promised: number): number => {
  const lateness = { arrival: at(arrival), present: minutes(present), promised: minutes(promised) }
  return (startWhenLate(window, lateness) - at(0)) / 60_000
}

describe('what a late station told', () => {
  it('is for the windows of that IST day, the highest figure of it, also after midnight', () => {
    const raised = [5, 25, 15].map((n) => ({ day: today, delayMs: minutes(n) }))
    const nextDay = istDayStart(dayNumber(today + 1))
    expect(delayOfWindow(raised, window)).toBe(minutes(25))
    expect(delayOfWindow(raised, after(nextDay, millis(-minutes(10))))).toBe(minutes(25))
    expect(delayOfWindow(raised, nextDay)).toBe(0)
    expect(delayOfWindow([], window)).toBe(0)
  })

  it('signs station, day, delay and moment, so that none can be exchanged', () => {
    const raised = { day: today, delayMs: minutes(25), fromMs: at(0) }
    const texts = [
      delayText(42, raised),
      delayText(43, raised),
      delayText(42, { ...raised, day: dayNumber(today + 1) }),
      delayText(42, { ...raised, delayMs: minutes(30) }),
      delayText(42, { ...raised, fromMs: at(1) }),
    ]
    expect(new Set(texts).size).toBe(5)
  })
})

describe('where a window begins at a late station', () => {
  it('who comes on time waits until the station gets to it', () => {
    expect(start(60, 25, 25)).toBe(85)
  })

  it('who comes as late as told stands as if on time', () => {
    expect(start(85, 25, 25)).toBe(85)
    expect(start(80, 0, 25)).toBe(80)
  })

  it('once the station has caught up nobody waits for a delay of the morning', () => {
    expect(start(58, 0, 25)).toBe(60)
  })

  it('past what was told the vehicle is late by the rest', () => {
    expect(start(100, 0, 25)).toBe(85)
  })

  it('lies between the window and what it was told, whenever somebody comes', () => {
    const most = hours(4) / 60_000
    const minute = fc.integer({ min: 0, max: most })
    fc.assert(
      fc.property(fc.integer({ min: -300, max: 600 }), minute, minute, (arrival, present, told) => {
        const found = start(arrival, present, told)
        expect(found).toBeGreaterThanOrEqual(60)
        expect(found).toBeLessThanOrEqual(60 + told)
      }),
    )
  })
})
