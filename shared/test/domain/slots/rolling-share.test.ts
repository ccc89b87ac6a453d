import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noCapacity, plus } from '../../../src/domain/lease/capacity.ts'
import {
  drawAt,
  drawnBy,
  hoursAround,
  isPeak,
  leavesReserves,
  openRooms,
  type ShareCell,
} from '../../../src/domain/slots/rolling-share.ts'
import { istDayStart, slotMs } from '../../../src/units/ist-calendar.ts'
import { grams } from '../../../src/units/mass.ts'
import { after, dayNumber, hours, instant, millis, minutes } from '../../../src/units/time.ts'
import { milliMinutes, perMille } from '../../../src/units/work.ts'

/** Noon IST: no peak. */
const noon = after(istDayStart(dayNumber(20_700)), hours(12))
const cloudShare = perMille(700)
const capacity = (work: number) => ({ work: milliMinutes(work), gas: grams(work) })

function cellsFrom(start: number, openSold: readonly number[]): readonly ShareCell[] {
  return openSold.map((sold, n) => ({
    start: instant(start + n * slotMs),
    granted: capacity(7_000),
    openSold: capacity(sold),
  }))
}

const early = { cloudShare, now: instant(noon - hours(5)) }
const late = { cloudShare, now: instant(noon - hours(1)) }
const hour = 12 * 7_000
/** Half of the 30 % is the station's own share; 15 of the cloud's 70 are left to keep. */
const kept = 12 * 1_500

describe('the reserve for SMS, voice and assisted channels', () => {
  it('leaves open channels the rest of every rolling hour, whichever cell they take it from', () => {
    const cells = cellsFrom(noon, Array(12).fill(0))
    const take = (work: number) => [{ start: noon, ...capacity(work) }]
    expect(leavesReserves(cells, take(hour - kept), early)).toBe(true)
    expect(leavesReserves(cells, take(hour - kept + 1), early)).toBe(false)
  })

  it('one window may fill up while its hour is empty: it is never counted per cell', () => {
    const cells = cellsFrom(noon, [7_000, ...Array<number>(11).fill(0)])
    expect(
      leavesReserves(cells, [{ start: cells[1]?.start ?? noon, ...capacity(7_000) }], early),
    ).toBe(true)
  })

  it('ends two hours before the cell', () => {
    const cells = cellsFrom(noon, Array(12).fill(0))
    const all = cells.map(({ start }) => ({ start, ...capacity(7_000) }))
    expect(leavesReserves(cells, all, early)).toBe(false)
    expect(leavesReserves(cells, all, late)).toBe(true)
  })

  it('counts at most half of it as the station’s own share', () => {
    const room = (share: number) =>
      openRooms(cellsFrom(noon, Array(12).fill(0)), {
        ...early,
        cloudShare: perMille(share),
      })({ from: noon, to: after(noon, minutes(30)) }).work
    expect(room(700)).toBe(hour - kept)
    // The station keeps a tenth: the cloud keeps a fifth of what may be promised.
    expect(room(900)).toBe(hour - 12 * Math.ceil((7_000 * 200) / 900))
  })
})

describe('the lot of a peak hour', () => {
  const eight = after(istDayStart(dayNumber(20_700)), hours(8))

  it('is kept until it is drawn, an hour after the hour’s first window opened', () => {
    expect([isPeak(eight), isPeak(noon)]).toEqual([true, false])
    expect(drawAt(after(eight, minutes(50)))).toBe(eight - hours(23))
    const cells = cellsFrom(eight, Array(12).fill(0))
    const span = { from: eight, to: after(eight, minutes(30)) }
    const before = openRooms(cells, { cloudShare, now: instant(drawnBy(eight) - 1) })(span)
    const afterIt = openRooms(cells, { cloudShare, now: drawnBy(eight) })(span)
    expect(afterIt.work).toBe(hour - kept)
    expect(before.work).toBe(hour - 12 * 3_500)
  })
})

const anySold = fc.array(fc.nat(7_000), { minLength: 28, maxLength: 28 })

it('room that is shown can be taken, wherever in the half hour the plan takes it', () => {
  fc.assert(
    fc.property(anySold, fc.nat(5), (openSold, at) => {
      const { from } = hoursAround(noon)
      const cells = cellsFrom(from, openSold)
      const span = { from: noon, to: after(noon, minutes(30)) }
      const room = openRooms(cells, early)(span)
      const start = after(noon, millis(at * slotMs))
      expect(leavesReserves(cells, [{ start, ...room }], early)).toBe(true)
    }),
  )
})

it('whatever open channels were allowed one after the other, every hour kept its reserve', () => {
  const takes = fc.array(fc.record({ at: fc.integer({ min: 11, max: 16 }), work: fc.nat(7_000) }))
  fc.assert(
    fc.property(takes, (list) => {
      let cells = cellsFrom(noon, Array(28).fill(0))
      for (const { at, work } of list) {
        const start = after(noon, millis(at * slotMs))
        if (!leavesReserves(cells, [{ start, ...capacity(work) }], early)) continue
        cells = cells.map((cell) =>
          cell.start === start ? { ...cell, openSold: plus(cell.openSold, capacity(work)) } : cell,
        )
      }
      for (let first = 0; first + 12 <= cells.length; first += 1) {
        const sold = cells
          .slice(first, first + 12)
          .map(({ openSold }) => openSold)
          .reduce(plus, noCapacity)
        expect(sold.work).toBeLessThanOrEqual(hour - kept)
      }
    }),
  )
})
