import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  backlogEnd,
  endangered,
  isOffWindow,
  nearestWithRoom,
  planBesideOffers,
  windowsAround,
  type Committed,
} from '../../../src/domain/slots/retime.ts'
import type { FreeCell } from '../../../src/domain/slots/taking-plan.ts'
import { grams, noGrams } from '../../../src/units/mass.ts'
import { after, instant, minutes, type Instant } from '../../../src/units/time.ts'
import { milliMinutes } from '../../../src/units/work.ts'

const now = instant(0)
const at = (minute: number): Instant => after(now, minutes(minute))
const cell = (minute: number, work: number, gas = 0) => ({
  start: at(minute),
  work: milliMinutes(work),
  gas: grams(gas),
})
const booking = (minute: number, work: number, stays = false): Committed => ({
  windowStart: at(minute),
  taken: [cell(minute, work)],
  stays,
})
const over = (...cells: ReturnType<typeof cell>[]) =>
  new Map(cells.map(({ start, work, gas }) => [start, { work, gas }]))

describe('who no longer fits', () => {
  it('the latest sales, until the cell holds what it has', () => {
    const [late, middle, early] = [booking(60, 3_000), booking(60, 3_000), booking(60, 3_000)]
    expect(endangered([late, middle, early], over(cell(60, 4_000)), now)).toEqual([late, middle])
    expect(endangered([late, middle, early], over(cell(60, 3_000)), now)).toEqual([late])
    expect(endangered([late, middle, early], over(), now)).toEqual([])
  })

  it('who will not move is told and the next one is asked in the same breath', () => {
    const [late, middle, early] = [booking(60, 3_000, true), booking(60, 3_000), booking(60, 3_000)]
    expect(endangered([late, middle, early], over(cell(60, 3_000)), now)).toEqual([late, middle])
  })

  it('who is on the way already, or comes past four hours, is left alone', () => {
    const cells = over(cell(14, 9_000), cell(15, 9_000), cell(239, 9_000), cell(240, 9_000))
    const all = [14, 15, 239, 240].map((minute) => booking(minute, 3_000))
    expect(endangered(all, cells, now)).toEqual([all[1], all[2]])
  })

  it('a cell short of gas alone counts too', () => {
    const one: Committed = { ...booking(60, 3_000), taken: [cell(60, 3_000, 4_000)] }
    expect(endangered([one], over(cell(60, 0, 1)), now)).toEqual([one])
  })
})

describe('where it is moved to', () => {
  const load = (minute: number, arriving: number, capacity: number) => ({
    start: at(minute),
    arriving,
    capacity,
  })

  it('past the work that is held up, cell after cell', () => {
    expect(backlogEnd([load(0, 5, 5), load(5, 4, 5)], now)).toBe(now)
    expect(backlogEnd([load(0, 9, 5), load(5, 5, 5), load(10, 1, 5), load(15, 9, 9)], now)).toBe(
      at(10),
    )
  })

  it('the nearest window with room, the earlier one on ties', () => {
    const windows = windowsAround(at(60), { notBefore: at(20), within: minutes(30) })
    expect(windows).toEqual([60, 50, 70, 40, 80, 30, 90].map(at))
    const cells = [cell(40, 3_000), cell(90, 3_000)]
    const need = { work: milliMinutes(3_000), gas: noGrams }
    // The half hour from 70 on reaches the cell at 90; those from 60 and 50 reach neither.
    expect(nearestWithRoom(windows, need, { cells, kept: [] })).toBe(at(70))
    expect(nearestWithRoom(windows, need, { cells: [], kept: [] })).toBeUndefined()
  })

  const wish = (minute: number, work: number) => ({
    windowStart: at(minute),
    work: milliMinutes(work),
    gas: noGrams,
  })
  const cells = [cell(60, 3_000), cell(65, 3_000)]
  const takes = (kept: readonly ReturnType<typeof wish>[], own: ReturnType<typeof wish>) => {
    const plan = planBesideOffers(own, { cells, kept })
    return plan.ok ? plan.value.map(({ start, work }) => [(start - now) / 60_000, work]) : 'full'
  }

  it('minutes that an open offer keeps are not given to a second one', () => {
    expect(takes([wish(60, 4_000)], wish(60, 2_000))).toEqual([[65, 2_000]])
    expect(takes([wish(60, 4_000)], wish(60, 2_001))).toBe('full')
  })

  it('who may take later cells leaves the early ones to an earlier window', () => {
    // The offer at 65 needs the later cell: a sale at 60 takes the early one and no more.
    expect(takes([wish(65, 3_000)], wish(60, 3_000))).toEqual([[60, 3_000]])
    expect(takes([wish(65, 3_000)], wish(60, 3_001))).toBe('full')
    expect(takes([wish(60, 3_000)], wish(65, 3_000))).toEqual([[65, 3_000]])
  })

  it('an offer whose minutes are gone already stands in nobody’s way', () => {
    expect(takes([wish(65, 9_000)], wish(60, 3_000))).toEqual([[60, 3_000]])
  })

  it('offers made one after the other can all be taken, in whatever order', () => {
    const windows = windowsAround(at(60), { notBefore: at(30), within: minutes(60) })
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 20, maxLength: 20 }),
        fc.array(fc.integer({ min: 1_000, max: 6_000 }), { maxLength: 12 }),
        fc.infiniteStream(fc.nat()),
        (free, needs, order) => {
          let left: readonly FreeCell[] = free.map((work, n) => cell(30 + n * 5, work))
          let kept: ReturnType<typeof wish>[] = []
          for (const work of needs) {
            const need = { work: milliMinutes(work), gas: noGrams }
            const to = nearestWithRoom(windows, need, { cells: left, kept })
            if (to !== undefined) kept = [...kept, { windowStart: to, ...need }]
          }
          while (kept.length > 0) {
            const pick = (order.next().value ?? 0) % kept.length
            const own = kept[pick]!
            kept = kept.filter((_, n) => n !== pick)
            const plan = planBesideOffers(own, { cells: left, kept })
            if (!plan.ok) throw new Error('an offer that was made is full')
            left = left.map((one) => {
              const took = plan.value.find(({ start }) => start === one.start)?.work ?? 0
              return { ...one, work: milliMinutes(one.work - took) }
            })
          }
        },
      ),
    )
  })
})

it('more than five minutes outside the window is outside', () => {
  const outside = (minute: number) => isOffWindow(at(60), at(minute))
  expect([54, 55, 60, 75, 76].map(outside)).toEqual([true, false, false, false, true])
})
