import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { FeatureTable } from '@baari/shared/domain/forecast/trees/feature-table'
import { rememberedAnswers } from '../../../src/app/forecast/remembered-answers.ts'

const names = ['first', 'second']
const rows = 400

/** Rows that differ, one of them with a missing feature; `shift` makes some of them new. */
function tableOf(shift: number): FeatureTable {
  const cells = new Float32Array(names.length * rows)
  for (let row = 0; row < rows; row += 1) {
    cells[row] = row + shift
    cells[rows + row] = row % 7 === 0 ? Number.NaN : (row + shift) / 3
  }
  return { names, rows, cells }
}

/** An engine that answers by the features alone, and what it was asked. */
function engineOf() {
  const asked: number[] = []
  return {
    asked,
    run: (table: FeatureTable) => {
      asked.push(table.rows)
      const first = table.cells.subarray(0, table.rows)
      const pairs = new Float32Array(2 * table.rows).map(
        (_, at) => first[at >> 1]! * (1 + (at % 2)),
      )
      return Promise.resolve(
        new Map([
          ['mean', first.map((x) => 2 * x)],
          ['pairs', pairs],
        ]),
      )
    },
  }
}

function keeper() {
  const kept: { bytes: Uint8Array | undefined } = { bytes: undefined }
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
  return {
    kept,
    of: () => ({ bytes: kept.bytes, keep: (bytes: Uint8Array) => void (kept.bytes = bytes), hash }),
  }
}

describe('answers that are remembered', () => {
  it('the same rows are asked once, new ones alone are asked anew, and all answers are right', async () => {
    const engine = engineOf()
    const { of } = keeper()
    const by = () => ({ model: 'a', engine, kept: of() })
    const plain = engineOf()
    for (const shift of [0, 0, 3]) {
      const answers = await rememberedAnswers(tableOf(shift), by())
      expect(answers).toEqual(await plain.run(tableOf(shift)))
    }
    // A missing feature is compared like any other: rows 0, 7, … moved by three are not the same.
    const moved = Array.from({ length: rows }, (_, row) => row).filter((row) => {
      return row + 3 >= rows || row % 7 === 0 || (row + 3) % 7 === 0
    })
    expect(engine.asked).toEqual([rows, moved.length])
  })

  it('another model, or a file with one bit flipped, is asked everything', async () => {
    const engine = engineOf()
    const { kept, of } = keeper()
    await rememberedAnswers(tableOf(0), { model: 'a', engine, kept: of() })
    const bytes = kept.bytes!
    await rememberedAnswers(tableOf(0), { model: 'b', engine, kept: of() })
    for (const at of [3, 70, 600, bytes.length - 1]) {
      const flipped = bytes.slice()
      flipped[at] = flipped[at]! ^ 1
      kept.bytes = flipped
      await rememberedAnswers(tableOf(0), { model: 'a', engine, kept: of() })
    }
    kept.bytes = bytes.slice(0, 100)
    await rememberedAnswers(tableOf(0), { model: 'a', engine, kept: of() })
    expect(engine.asked).toEqual(Array.from({ length: 7 }, () => rows))
  })

  it('no rows ask nothing', async () => {
    const engine = engineOf()
    const none = { names, rows: 0, cells: new Float32Array(0) }
    expect(await rememberedAnswers(none, { model: 'a', engine, kept: keeper().of() })).toEqual(
      new Map(),
    )
    expect(engine.asked).toEqual([])
  })
})
