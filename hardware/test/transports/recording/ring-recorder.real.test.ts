import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { manualClock } from '@baari/shared/testing/manual-clock'
import { mono } from '@baari/shared/units/time'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  encodeRecord,
  scanRing,
  type LineRecord,
} from '../../../src/transports/recording/record-format.ts'
import { openRingRecorder } from '../../../src/transports/recording/ring-recorder.ts'
import { eventually } from '../../rigs/eventually.ts'
import { run, scratchFolder } from '../../rigs/foreign-program.ts'

let folder = scratchFolder()
beforeEach(() => {
  folder = scratchFolder()
})
afterEach(() => folder.remove())

const clock = manualClock()
const path = (): string => join(folder.path, 'rs1.ring')
const read = () => scanRing(readFileSync(path()))
const lines = (records: readonly LineRecord[]) => records.filter(({ kind }) => kind !== 'start')

async function recorded(texts: readonly string[], bytes?: number): Promise<void> {
  const recorder = await openRingRecorder({
    path: path(),
    clock,
    ...(bytes === undefined ? {} : { bytes }),
  })
  texts.forEach((text, index) =>
    recorder.record(index % 2 === 0 ? 'out' : 'in', new TextEncoder().encode(text), mono(index)),
  )
  await recorder.close()
  expect(recorder.counters().dropped).toBe(0)
}

describe('the ring of a line', () => {
  it('keeps bytes, direction and monotonic time, in order', async () => {
    await recorded(['ask', 'answer'])
    expect(lines(read().records)).toEqual([
      { run: 1, seq: 1, kind: 'out', monoUs: 0, bytes: Uint8Array.from(Buffer.from('ask')) },
      { run: 1, seq: 2, kind: 'in', monoUs: 1_000, bytes: Uint8Array.from(Buffer.from('answer')) },
    ])
  })

  it('goes on behind the newest record after a restart, under a new run', async () => {
    await recorded(['one'])
    await recorded(['two'])
    const { records } = read()
    expect(lines(records).map(({ run, bytes }) => [run, String(Buffer.from(bytes))])).toEqual([
      [1, 'one'],
      [2, 'two'],
    ])
  })

  it('never outgrows its size and keeps the newest records when it comes round', async () => {
    const texts = Array.from({ length: 2_000 }, (_, no) => `frame ${no}`)
    await recorded(texts, 8_192)
    expect(statSync(path()).size).toBeLessThanOrEqual(8_192)
    const seen = lines(read().records).map(({ bytes }) => String(Buffer.from(bytes)))
    expect(seen.length).toBeGreaterThan(200)
    expect(seen).toEqual(texts.slice(-seen.length))
  })

  it('a piece longer than a record is kept whole, in several', async () => {
    const long = 'y'.repeat(10_000)
    await recorded([long])
    const kept = lines(read().records)
    expect(kept).toHaveLength(3)
    expect(Buffer.concat(kept.map(({ bytes }) => bytes)).toString()).toBe(long)
  })

  it('a tail torn at any byte is skipped and costs no record before it', async () => {
    await recorded(['first', 'second'])
    const whole = readFileSync(path())
    const last = encodeRecord(
      lines(read().records)[1] ?? {
        run: 0,
        seq: 0,
        kind: 'in',
        monoUs: 0,
        bytes: new Uint8Array(),
      },
    )
    for (let cut = 1; cut < last.length; cut += 1) {
      writeFileSync(path(), whole)
      truncateSync(path(), whole.length - cut)
      expect(lines(read().records).map(({ seq }) => seq)).toEqual([1])
    }
  })

  it('a flipped bit loses its record and no other', async () => {
    await recorded(['first', 'second', 'third'])
    const bytes = readFileSync(path())
    const at = bytes.indexOf('second')
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(path(), bytes)
    const { records, skippedBytes } = read()
    expect(lines(records).map(({ seq }) => seq)).toEqual([1, 3])
    expect(skippedBytes).toBeGreaterThan(0)
  })

  it('after SIGKILL in the middle every record that is there is whole and in order', async () => {
    const script = fileURLToPath(new URL('../../rigs/recording-process.ts', import.meta.url))
    const writer = run(process.execPath, ['--import', 'tsx', script, path(), '300000'])
    await eventually(() => writer.output().includes('recording'), 'it records', 60_000)
    await eventually(() => statSync(path()).size > 250_000, 'most of the ring', 60_000)
    await writer.end('SIGKILL')
    const seen = lines(read().records)
    expect(seen.length).toBeGreaterThan(500)
    const first = seen[0]?.seq ?? 0
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => first + index))
    for (const { seq, bytes } of seen)
      expect(String(Buffer.from(bytes)).startsWith(`piece ${seq - 1} `)).toBe(true)
    await recorded(['after'])
    expect(lines(read().records).at(-1)).toMatchObject({ run: 2, kind: 'out' })
  })
})
