import { instant } from '@baari/shared/units/time'
import fc from 'fast-check'
import type { Database } from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTelemetryFile } from '../../../src/adapters/telemetry/telemetry-file.ts'
import { segmentRows, TelemetryWriter } from '../../../src/adapters/telemetry/telemetry-writer.ts'
import { reading } from '../../support/device-messages.ts'

let db: Database
let writer: TelemetryWriter
beforeEach(() => {
  db = openTelemetryFile(':memory:')
  writer = new TelemetryWriter(db, 64 * 1_048_576)
})
afterEach(() => db.close())

const rows = (table: string): number =>
  db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number

describe('B05: messages are told apart by device, boot and counter', () => {
  it('a second delivery of a message is one row and is reported as a repeat', () => {
    expect(writer.store([reading(1), reading(2), reading(1)])).toMatchObject({
      stored: 2,
      repeats: 1,
    })
    expect(writer.store([reading(2)])).toMatchObject({ stored: 0, repeats: 1 })
    expect(rows('reading')).toBe(2)
  })

  it('the same counter after a reboot of the device is another message', () => {
    writer.store([reading(1), reading(1, { boot: 'b2' }), reading(1, { device: 'lel-2' })])
    expect(rows('reading')).toBe(3)
  })

  it('messages without a counter are never taken for repeats', () => {
    writer.store([reading(0, { seq: null }), reading(0, { seq: null })])
    expect(rows('reading')).toBe(2)
  })

  it('a jump of the counter is a gap, named by its ends', () => {
    const { gaps } = writer.store([reading(5), reading(6), reading(10)])
    expect(gaps).toEqual([{ device: 'lel-1', boot: 'b1', from: 7, to: 9 }])
    expect(rows('sequence_gap')).toBe(1)
  })

  it('what comes out of order afterwards is stored and counted into its gap', () => {
    writer.store([reading(1), reading(4)])
    expect(writer.store([reading(3), reading(2)])).toMatchObject({ stored: 2, gaps: [] })
    expect(db.prepare('SELECT cameLater FROM sequence_gap').pluck().get()).toBe(2)
  })

  it('any order of deliveries, repeated at will, ends with each message once', () => {
    const deliveries = fc.array(
      fc.record({ seq: fc.integer({ min: 0, max: 30 }), boot: fc.constantFrom('b1', 'b2') }),
      { maxLength: 80 },
    )
    fc.assert(
      fc.property(deliveries, (list) => {
        const file = openTelemetryFile(':memory:')
        const store = new TelemetryWriter(file, 64 * 1_048_576)
        for (const { seq, boot } of list) store.store([reading(seq, { boot })])
        const stored = file.prepare('SELECT boot, seq FROM reading').all()
        file.close()
        expect(stored).toHaveLength(new Set(list.map(({ seq, boot }) => `${boot}/${seq}`)).size)
      }),
      { numRuns: 40 },
    )
  })
})

it('B04: unreadable messages are kept with their reason, the oldest making room', () => {
  const broken = {
    kind: 'unreadable',
    topic: 'baari/v1/x/sensor/lel-1/data',
    device: 'lel-1',
    reason: 'not JSON',
    receivedAt: instant(1),
    payload: new Uint8Array([0xff]),
  } as const
  writer.store(Array.from({ length: 10_050 }, () => broken))
  expect(rows('unreadable')).toBe(10_000)
})

describe('the size bound', () => {
  const fill = (count: number, store: TelemetryWriter): void => {
    for (let from = 0; from < count; from += 500)
      store.store(Array.from({ length: 500 }, (_, i) => reading(from + i)))
  }

  it('a file beyond its size proposes its oldest whole segment and keeps it until told', () => {
    const small = new TelemetryWriter(db, 1_048_576)
    fill(segmentRows + 5000, small)
    const oldest = small.oldestWhenFull()
    expect(oldest).toEqual({ from: 1, to: segmentRows, count: segmentRows, unsent: true })
    expect(rows('reading')).toBe(segmentRows + 5000)
    if (oldest) small.drop(oldest)
    expect(rows('reading')).toBe(5000)
    expect(small.oldestWhenFull()?.from).not.toBe(1)
  })

  it('the segment being written is never proposed', () => {
    const tiny = new TelemetryWriter(db, 1)
    fill(1000, tiny)
    expect(tiny.oldestWhenFull()).toBeUndefined()
  })

  it('ids go on after a drop, so that a gap names rows for ever', () => {
    fill(segmentRows + 500, writer)
    writer.drop({ from: 1, to: segmentRows + 500, count: segmentRows + 500, unsent: true })
    writer.store([reading(0, { boot: 'b9' })])
    expect(writer.state().lastId).toBe(segmentRows + 501)
  })
})

it('opening a file of this version again changes nothing in it', () => {
  expect(db.pragma('user_version', { simple: true })).toBe(2)
  expect(db.pragma('synchronous', { simple: true })).toBe(2)
})
