import { dayText, unknownGrams, type DayClosed } from '@baari/shared/domain/sync/day-close'
import { describe, expect, it } from 'vitest'
import { checkDay, type OwnDay } from '../../../src/domain/sync/check-day.ts'

const root = { set: 'fills', n: 2, root: 'ab' } as const
const meter = {
  ...{ position: 1, nozzle: 1, totaliserGrams: 11_000, installedGrams: 1_000, rolledGrams: 0 },
  ...{ settledGrams: 9_000, orphanGrams: 600, disputedGrams: 400, resetGrams: 0 },
}
const told: DayClosed = {
  ...{ day: 20_000, fills: 2, grams: 9_000, amountPaise: 82_233, kid: 142, sig: 'x' },
  roots: [root],
  meters: [meter],
}
const own: OwnDay = {
  ...{ signed: true, fills: 2, grams: 9_000, amountPaise: 82_233 },
  roots: [root],
  soldByPosition: new Map([[1, 9_000]]),
}

describe('a signed day', () => {
  it('agrees when rows, money and the totaliser say the same', () => {
    expect(checkDay(told, own)).toEqual([])
  })

  it('names each figure that differs, and a signature that is not the station’s', () => {
    expect(checkDay(told, { ...own, signed: false })).toEqual(['signature'])
    expect(checkDay(told, { ...own, roots: [{ ...root, root: 'cd' }] })).toEqual(['root fills'])
    expect(checkDay(told, { ...own, roots: [] })).toEqual(['root fills'])
    expect(checkDay(told, { ...own, fills: 3, grams: 9_001 })).toEqual(['fills', 'grams'])
    expect(checkDay(told, { ...own, amountPaise: 0 })).toEqual(['amount'])
  })

  it('gas the dispenser counted and nobody knows is found by the totaliser alone', () => {
    const more = { ...meter, totaliserGrams: meter.totaliserGrams + 250 }
    expect(unknownGrams(more)).toBe(250)
    expect(checkDay({ ...told, meters: [more] }, own)).toEqual(['totaliser 1/1'])
  })

  it('the cloud’s own sum of a position’s sales must be the nozzles’ settled gas', () => {
    const less = { ...own, soldByPosition: new Map([[1, 8_999]]) }
    expect(checkDay(told, less)).toEqual(['sold at 1'])
  })

  it('a counter that rolled over or was reset explains itself in the books', () => {
    expect(unknownGrams({ ...meter, totaliserGrams: 1_000, rolledGrams: 10_000 })).toBe(0)
    expect(unknownGrams({ ...meter, totaliserGrams: 10_000, resetGrams: -1_000 })).toBe(0)
  })

  it('is one text, whatever the order of roots and meters', () => {
    const second = { ...meter, nozzle: 2 }
    const other = { set: 'sales', n: 1, root: 'cd' } as const
    const a = { ...told, roots: [root, other], meters: [meter, second] }
    const b = { ...told, roots: [other, root], meters: [second, meter] }
    expect(dayText(42, a)).toBe(dayText(42, b))
    expect(dayText(43, a)).not.toBe(dayText(42, a))
  })
})
