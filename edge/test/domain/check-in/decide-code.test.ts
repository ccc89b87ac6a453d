import { describe, expect, it } from 'vitest'
import { decideScan } from '../../../src/domain/check-in/decide-scan.ts'
import type { ReadingFacts } from '../../../src/domain/check-in/scan-facts.ts'
import { at, booking, scan, type ScanChange } from '../../support/scan-builders.ts'

const verdictOf = (reading: ReadingFacts, change?: ScanChange) =>
  decideScan(scan(reading, change)).verdict

describe('codes at the lane', () => {
  const code = (change: Partial<Extract<ReadingFacts, { kind: 'code' }>> = {}): ReadingFacts => ({
    kind: 'code',
    booking: null,
    place: null,
    wrongTagsOnLane: 0,
    wrongTagsToday: 0,
    managerUnlocked: false,
    ...change,
  })

  it.each([
    [{ wrongTagsOnLane: 4 }, 'UNKNOWN', true],
    [{ wrongTagsOnLane: 5 }, 'CODE_LOCKED', false],
    [{ wrongTagsToday: 19 }, 'UNKNOWN', true],
    [{ wrongTagsToday: 20 }, 'CODE_LOCKED', false],
    [{ wrongTagsOnLane: 5, managerUnlocked: true }, 'UNKNOWN', true],
  ] as const)('P52 a wrong tag after %o is %s and counted: %s', (change, verdict, wrongTag) => {
    expect(decideScan(scan(code(change)))).toMatchObject({ verdict, wrongTag })
  })

  it('P52 under the lock a synced code is admitted, an unsynced one needs the manager', () => {
    const locked = { wrongTagsOnLane: 5 }
    expect(verdictOf(code({ ...locked, booking: booking() }))).toBe('ADMIT')
    const place = booking({ known: 'alone' })
    expect(verdictOf(code({ ...locked, place }))).toBe('CODE_LOCKED')
    expect(verdictOf(code({ ...locked, place, managerUnlocked: true }))).toBe('ADMIT')
  })

  it('P55 a code that was never synced gets a place for its window', () => {
    const place = booking({ known: 'alone', retestDay: null, grams: null })
    expect(decideScan(scan(code({ place })))).toMatchObject({
      verdict: 'ADMIT',
      booking: { known: 'alone' },
    })
    expect(verdictOf(code({ place }), { now: at('09:20') })).toBe('LATE')
  })
})
