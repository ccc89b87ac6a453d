import { describe, expect, it } from 'vitest'
import { grams } from '@baari/shared/units/mass'
import { millis, minutes } from '@baari/shared/units/time'
import type { DeviceFacts } from '../../../src/domain/fill/device-facts.ts'
import {
  lastRowOf,
  recoverNozzle,
  type LastRow,
  type Recovery,
} from '../../../src/domain/fill/fill-recovery.ts'
import { intent, limits, open, opening, sale, width } from './fill-examples.ts'

const none: LastRow = { kind: 'none', accountedGrams: opening }

function device(moved: number, over: Partial<DeviceFacts> = {}): DeviceFacts {
  return {
    rest: 'at-rest',
    reading: { totaliserGrams: grams(opening + moved), sinceLastMs: minutes(2) },
    runningGrams: null,
    sale: sale(8_000, { sequence: 41, openingGrams: grams(opening - 8_000) }),
    ...over,
  }
}

function recover(
  last: LastRow,
  facts: DeviceFacts,
  over: { waitedOut?: boolean; mayControl?: boolean } = {},
): Recovery {
  return recoverNozzle({ last, device: facts, waitedOut: false, mayControl: true, ...over }, limits)
}

function opened(delivered = 0): LastRow {
  return { kind: 'open', open: open(delivered) }
}

/** Rows and other effects in short. */
function told(recovery: Recovery): readonly string[] {
  const effects = recovery.decision?.effects ?? []
  return effects.map((e) => (e.kind === 'write' ? `row:${e.row.kind}` : e.kind))
}

function orphanGrams(recovery: Recovery): number | undefined {
  const rows = recovery.decision?.effects.flatMap((e) => (e.kind === 'write' ? [e.row] : [])) ?? []
  return rows.find((row) => row.kind === 'orphan')?.meter.deliveredGrams
}

describe('the recovery table', () => {
  it('recovery row 1: a complete row that was not settled is settled from the row, then matched again (D05)', () => {
    const r = recover(
      { kind: 'complete', open: open(7_000), cause: 'device', flag: 'none' },
      device(0, { rest: 'unreadable' }),
    )
    expect(r).toMatchObject({
      row: 1,
      next: 'again',
      decision: { state: { kind: 'settled', amountPaise: 66_150 } },
    })
    expect(told(r)).toEqual(['row:settle', 'ticket'])
  })

  it('recovery row 2: a device that cannot be read holds the nozzle and sends nothing', () => {
    const r = recover(opened(), device(500, { rest: 'unreadable' }))
    expect(r).toEqual({ row: 2, next: 'hold', decision: null })
  })

  it('recovery row 3: a totaliser that went back without a fill is a meter reset (D02)', () => {
    const r = recover(none, device(-5))
    expect(r).toMatchObject({ row: 3, next: 'done' })
    expect(told(r)).toEqual(['row:meter-reset', 'alarm'])
  })

  it('recovery row 3: a totaliser that went back under an open fill makes it a dispute (D02)', () => {
    const r = recover(opened(3_000), device(2_000))
    expect(r).toMatchObject({ row: 3, decision: { state: { kind: 'dispute' } } })
  })

  it('recovery row 3: a rollover inside 15 minutes is no reset (D01)', () => {
    const near = grams(width - 100)
    const r = recover(
      { kind: 'none', accountedGrams: near },
      {
        ...device(0),
        reading: { totaliserGrams: grams(400), sinceLastMs: minutes(2) },
      },
    )
    expect(r.row).toBe(7)
    expect(orphanGrams(r)).toBe(500)
  })

  it('recovery row 4: an authorised device is told to forget it and is never authorised again (D03)', () => {
    const r = recover(opened(), device(0, { rest: 'authorised' }))
    expect(r).toEqual({ row: 4, next: 'hold', stop: true, decision: null })
  })

  it('recovery row 4: in poll mode an authorised device is only watched', () => {
    const r = recover(none, device(0, { rest: 'authorised' }), { mayControl: false })
    expect(r).toMatchObject({ row: 4, next: 'hold', stop: false })
  })

  it('recovery row 5: a sale that runs without a fill is an open orphan (D07)', () => {
    const r = recover(none, device(640, { rest: 'running', runningGrams: grams(640) }))
    expect(r).toMatchObject({
      row: 5,
      next: 'done',
      decision: { state: { kind: 'orphan', ended: false } },
    })
    expect(orphanGrams(r)).toBe(640)
  })

  it('recovery row 6: an unchanged totaliser at rest is nothing', () => {
    expect(recover(none, device(0))).toEqual({ row: 6, next: 'done', decision: null })
  })

  it('recovery row 7: gas that moved without a fill is a closed orphan (D07)', () => {
    const r = recover(none, device(9_120))
    expect(r).toMatchObject({ row: 7, decision: { state: { kind: 'orphan', ended: true } } })
    expect(orphanGrams(r)).toBe(9_120)
  })

  it('recovery row 8: the running sale that began at our opening is adopted (D04)', () => {
    const r = recover(opened(1_000), device(3_000, { rest: 'running', runningGrams: grams(3_000) }))
    expect(r).toMatchObject({ row: 8, next: 'done', decision: { state: { kind: 'filling' } } })
    expect(told(r)).toEqual(['row:checkpoint'])
  })

  it('recovery row 8: an adopted sale whose first gram nobody saw redeems the use', () => {
    const r = recover(opened(), device(3_000, { rest: 'running', runningGrams: grams(3_000) }))
    expect(told(r)).toEqual(['row:checkpoint', 'redeem', 'ticket'])
  })

  it('recovery row 8: a suspended sale is adopted as suspended and not resumed', () => {
    const r = recover(
      opened(1_000),
      device(1_000, { rest: 'suspended', runningGrams: grams(1_000) }),
    )
    expect(r).toMatchObject({ row: 8, decision: { state: { kind: 'suspended' }, effects: [] } })
  })

  it('recovery row 8: a later sale that runs is an orphan and ours is closed by its own sale', () => {
    const r = recover(
      opened(1_000),
      device(9_500, { rest: 'running', runningGrams: grams(1_500), sale: sale(8_000) }),
    )
    expect(r).toMatchObject({
      row: 8,
      next: 'again',
      decision: { state: { kind: 'settled', meter: { deliveredGrams: 8_000 } } },
    })
    expect(orphanGrams(r)).toBe(1_500)
    expect(told(r)).not.toContain('close')
  })

  it('recovery row 9: an open fill without gas waits for the drain and its expiry', () => {
    expect(recover(opened(), device(0))).toEqual({ row: 9, next: 'hold', decision: null })
  })

  it('recovery row 9: unchanged after the wait it is void and the use is released (D03, D09)', () => {
    const r = recover(opened(), device(0), { waitedOut: true })
    expect(r).toMatchObject({ row: 9, next: 'done', decision: { state: { kind: 'voided' } } })
    expect(told(r)).toContain('release')
  })

  it('recovery row 9: changed after the wait it is matched again', () => {
    const r = recover(opened(), device(700, { sale: sale(700) }), { waitedOut: true })
    expect(r.row).toBe(10)
  })

  it('recovery row 10: the matching sale settles once, flagged recovered (D05, D06)', () => {
    const r = recover(opened(2_000), device(8_000, { sale: sale(8_000) }))
    expect(r).toMatchObject({
      row: 10,
      decision: {
        state: { kind: 'settled', flag: 'recovered', meter: { deliveredGrams: 8_000 } },
      },
    })
    expect(told(r)).toEqual(['row:complete', 'row:settle', 'close', 'ticket'])
  })

  it('recovery row 10: gas beyond the matching sale is an orphan, to the gram', () => {
    const r = recover(opened(2_000), device(13_337, { sale: sale(8_000) }))
    expect(r).toMatchObject({ decision: { state: { meter: { deliveredGrams: 8_000 } } } })
    expect(orphanGrams(r)).toBe(5_337)
  })

  it('recovery row 10: a fill never settles above preset plus tolerance', () => {
    const r = recover(opened(2_000), device(8_900, { sale: sale(8_900) }))
    expect(r).toMatchObject({ decision: { state: { meter: { deliveredGrams: 8_200 } } } })
    expect(orphanGrams(r)).toBe(700)
  })

  it('recovery row 10: after hours in manual mode nothing of the other vehicles is settled on the fill', () => {
    const later = sale(9_000, { sequence: 47, openingGrams: grams(opening + 41_000) })
    const r = recover(opened(2_000), device(50_000, { sale: later }))
    expect(r).toMatchObject({
      row: 10,
      decision: { state: { kind: 'dispute', reason: 'sale-missing' } },
    })
  })

  it('recovery row 10: an equal sale with another opening total is not ours (D15)', () => {
    const twin = sale(8_000, { openingGrams: grams(opening + 8_000) })
    const r = recover(opened(), device(16_000, { sale: twin }))
    expect(r).toMatchObject({ decision: { state: { kind: 'dispute' } } })
  })

  it('recovery row 10: a wrapped sequence number still follows (D13)', () => {
    const wrapped = { ...open(), intent: { ...intent, deviceSequence: 999 } }
    const r = recover(
      { kind: 'open', open: wrapped },
      device(6_000, { sale: sale(6_000, { sequence: 0 }) }),
    )
    expect(r).toMatchObject({ decision: { state: { kind: 'settled' } } })
  })

  it('recovery row 10: a meter without a sale log proves the fill for 15 minutes and within preset', () => {
    const meterOnly: LastRow = {
      kind: 'open',
      open: { ...open(), intent: { ...intent, deviceSequence: null } },
    }
    const at = (ageMs: number, moved: number): Recovery =>
      recover(meterOnly, {
        ...device(moved, { sale: null }),
        reading: { totaliserGrams: grams(opening + moved), sinceLastMs: millis(ageMs) },
      })
    expect(at(900_000, 8_200)).toMatchObject({ decision: { state: { kind: 'settled' } } })
    expect(at(900_001, 8_200)).toMatchObject({ decision: { state: { kind: 'dispute' } } })
    expect(at(900_000, 8_201)).toMatchObject({ decision: { state: { kind: 'dispute' } } })
  })
})

describe('the last row of a nozzle', () => {
  it('is complete only for a completed fill, open for one with an intent, none for all others', () => {
    const completed = { kind: 'completed', open: open(10), cause: 'device', flag: 'none' } as const
    expect(lastRowOf(completed, opening)).toEqual({ ...completed, kind: 'complete' })
    expect(lastRowOf({ kind: 'authorising', open: open() }, opening).kind).toBe('open')
    expect(lastRowOf({ kind: 'calling', accountedGrams: opening }, opening)).toEqual(none)
  })
})
