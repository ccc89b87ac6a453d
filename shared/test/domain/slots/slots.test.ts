import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bookableGas, bookableWork } from '../../../src/domain/slots/bookable.ts'
import { bookedWork, classMilliMinutes } from '../../../src/domain/slots/booked-work.ts'
import { planTaking, roomFor, type FreeCell } from '../../../src/domain/slots/taking-plan.ts'
import { cellStarts, sellable, shownWindows } from '../../../src/domain/slots/windows.ts'
import { slotMs } from '../../../src/units/ist-calendar.ts'
import { grams, noGrams } from '../../../src/units/mass.ts'
import { vehicleClasses } from '../../../src/units/names.ts'
import { after, hours, instant, minutes } from '../../../src/units/time.ts'
import { milliMinutes, perMille } from '../../../src/units/work.ts'

describe('bookable work of a cell', () => {
  it('without a forecast is half of what the positions do, and 35 % at one or two', () => {
    const bookable = (workingPositions: number) => bookableWork({ workingPositions })
    expect([0, 1, 2, 3, 4, 8].map(bookable)).toEqual([0, 1_750, 3_500, 7_500, 10_000, 20_000])
  })

  it('with a forecast leaves walk-ins their work and never passes 70 %', () => {
    const bookable = (walkIn: number) =>
      bookableWork({ workingPositions: 4, walkIn: milliMinutes(walkIn) })
    expect([0, 4_400, 8_400, 16_000, 40_000].map(bookable)).toEqual([
      14_000, 14_000, 10_000, 2_400, 750,
    ])
  })

  it('one car per half hour is always sold while a position works', () => {
    const cell = bookableWork({ workingPositions: 4, walkIn: milliMinutes(20_000) })
    expect(cell * 6).toBe(classMilliMinutes.car)
  })
})

it('bookable gas is nine tenths of what the cell has, less the walk-ins', () => {
  const gas = (compressor: number, walkIn = 0, cascade = 0) =>
    bookableGas({
      compressorGramsPerHour: grams(compressor),
      cascade: grams(cascade),
      walkIn: grams(walkIn),
    })
  expect([gas(1_200_000), gas(1_200_000, 30_000), gas(0), gas(0, 0, 10_000)]).toEqual([
    90_000,
    60_000,
    noGrams,
    9_000,
  ])
  expect(gas(1_200_000, 200_000)).toBe(0)
})

it('booked work is class minutes by show probability, at least 1/1.15 of them', () => {
  expect(vehicleClasses.map((c) => bookedWork(classMilliMinutes[c], perMille(900)))).toEqual([
    2_700, 4_050, 6_750, 12_600,
  ])
  expect(bookedWork(classMilliMinutes.car, perMille(100))).toBe(Math.ceil(4_500 / 1.15))
  expect(bookedWork(classMilliMinutes.car, perMille(1_000))).toBe(4_500)
})

const cells = fc
  .array(fc.record({ work: fc.nat(20_000), gas: fc.nat(60_000) }), { maxLength: 6 })
  .map((list) =>
    list.map(({ work, gas }, i): FreeCell => ({
      start: instant(i * slotMs),
      work: milliMinutes(work),
      gas: grams(gas),
    })),
  )
const needs = fc.record({ work: fc.nat(40_000), gas: fc.nat(100_000) })

describe('taking plan', () => {
  it('takes exactly the need, ascending, never more than a cell has; or is full', () => {
    fc.assert(
      fc.property(cells, needs, (free, need) => {
        const plan = planTaking(free, { work: milliMinutes(need.work), gas: grams(need.gas) })
        const sum = (pick: (cell: FreeCell) => number, of: readonly FreeCell[]) =>
          of.reduce((total, cell) => total + pick(cell), 0)
        if (!plan.ok) {
          const short = sum((c) => c.work, free) < need.work || sum((c) => c.gas, free) < need.gas
          expect(short).toBe(true)
          return
        }
        expect(sum((c) => c.work, plan.value)).toBe(need.work)
        expect(sum((c) => c.gas, plan.value)).toBe(need.gas)
        for (const take of plan.value) {
          const cell = free.find(({ start }) => start === take.start)
          expect(take.work <= (cell?.work ?? -1) && take.gas <= (cell?.gas ?? -1)).toBe(true)
        }
        const starts = plan.value.map(({ start }) => start)
        expect(starts).toEqual(starts.toSorted((a, b) => a - b))
      }),
    )
  })

  it('room counts as many bookings as can be planned one after the other', () => {
    fc.assert(
      fc.property(cells, (free) => {
        const need = { work: milliMinutes(4_050), gas: grams(8_000) }
        let left: readonly FreeCell[] = free
        let placed = 0
        for (let plan = planTaking(left, need); plan.ok; plan = planTaking(left, need)) {
          const taken = new Map(plan.value.map((take) => [take.start, take]))
          left = left.map((cell) => ({
            start: cell.start,
            work: milliMinutes(cell.work - (taken.get(cell.start)?.work ?? 0)),
            gas: grams(cell.gas - (taken.get(cell.start)?.gas ?? 0)),
          }))
          placed += 1
        }
        expect(roomFor(free, need)).toBe(placed)
      }),
    )
  })
})

describe('windows', () => {
  const now = instant(1_760_000_100_000)

  it('are sold remotely from 15 minutes to 24 hours ahead, on the five-minute grid', () => {
    const grid = instant(Math.ceil(now / slotMs) * slotMs)
    const said = (start: number) => {
      const answer = sellable(instant(start), now)
      return answer.ok ? 'sold' : answer.error.code
    }
    expect(said(after(grid, minutes(5)))).toBe('window_past')
    expect(said(after(grid, minutes(15)))).toBe('sold')
    expect(said(after(grid, minutes(15)) + 1)).toBe('window_unknown')
    expect(said(after(grid, hours(25)))).toBe('window_unknown')
  })

  it('are shown every ten minutes, and each shown one is sold', () => {
    const starts = shownWindows(now, now)
    expect(starts.length).toBeGreaterThanOrEqual(142)
    expect(starts.every((start) => sellable(start, now).ok && start % 600_000 === 0)).toBe(true)
  })

  it('have one cell per five minutes', () => {
    const from = instant(slotMs)
    expect(cellStarts(after(from, minutes(2)), after(from, minutes(11)))).toEqual([
      from,
      after(from, minutes(5)),
      after(from, minutes(10)),
    ])
  })
})
