import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { KeptRows } from '@baari/shared/domain/forecast/serving/kept-rows'
import { readKept, writeKept } from '../../../src/app/forecast/kept-week.ts'

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const rows = 300
const column = (shift: number) =>
  Float64Array.from({ length: rows }, (_, row) => (row % 7 === 0 ? Number.NaN : row / 3 + shift))
const kept: KeptRows = {
  members: [
    { of: 'middle', name: 'forest' },
    { of: 'low', name: 'boosted-quantile' },
  ],
  readings: [
    { startMs: 1_800_000, values: column(1) },
    { startMs: 0, values: Float64Array.of(1, Number.NaN) },
  ],
  ...{ series: column(2), at: column(3), age: column(4), naive: column(5), weekdayMean: column(6) },
  forecasts: [column(7), column(8)],
}
const file = writeKept(kept, 'this program', hash)

describe('the file of a kept week', () => {
  it('what was written is read, unknown values and all, wherever its bytes lie', () => {
    for (const shift of [0, 1, 8]) {
      const bytes = new Uint8Array(file.length + shift).subarray(shift)
      bytes.set(file)
      expect(readKept(bytes, 'this program', hash)).toEqual(kept)
    }
  })

  it('another program, model or station finds nothing in it', () => {
    expect(readKept(file, 'another', hash)).toBeUndefined()
    expect(readKept(undefined, 'this program', hash)).toBeUndefined()
  })

  it('one flipped bit, a missing end or something after it, and it is none', () => {
    for (const at of [3, 70, 400, 2_200, file.length - 1]) {
      const flipped = file.slice()
      flipped[at] = flipped[at]! ^ 1
      expect(readKept(flipped, 'this program', hash)).toBeUndefined()
    }
    for (const end of [10, 100, 2_112, file.length - 8]) {
      expect(readKept(file.slice(0, end), 'this program', hash)).toBeUndefined()
    }
    const longer = new Uint8Array(file.length + 8)
    longer.set(file)
    expect(readKept(longer, 'this program', hash)).toBeUndefined()
  })
})
