import { describe, expect, it } from 'vitest'
import { seededChance } from '@baari/shared/domain/forecast/chance'
import { writeOnnx } from '@baari/shared/domain/forecast/onnx/write-model'
import { binTable } from '@baari/shared/domain/forecast/trees/bins'
import { boost, type BoostSpec } from '@baari/shared/domain/forecast/trees/boost'
import type { FeatureTable } from '@baari/shared/domain/forecast/trees/feature-table'
import { forestQuantile, growForest } from '@baari/shared/domain/forecast/trees/forest'
import type { Loss } from '@baari/shared/domain/forecast/trees/loss'
import { evaluate } from '@baari/shared/domain/forecast/trees/tree'

const rows = 600
const chance = seededChance(3)
const table: FeatureTable = {
  names: ['x', 'noise'],
  rows,
  cells: Float32Array.from({ length: 2 * rows }, (_, at) => (at < rows ? at / rows : chance())),
}
const all = Int32Array.from({ length: rows }, (_, row) => row)
const weight = new Float64Array(rows).fill(1)

const spec = (loss: Loss): BoostSpec => ({
  loss,
  trees: 80,
  rate: 0.1,
  leavesMax: 8,
  leafMin: 10,
  l2: 1,
  rowsPerTree: 1,
  featuresPerTree: 1,
})

function lessonOf(of: FeatureTable, target: Float64Array) {
  return { table: binTable(of), names: of.names, rows: all, target, weight }
}

describe('boosted trees', () => {
  it('a step in one feature is learned within a hundredth', () => {
    const target = Float64Array.from(all, (row) => (row < 200 ? 1 : 5))
    const model = boost(lessonOf(table, target), spec({ kind: 'squared' }), 1)
    const answers = evaluate(model, table)
    expect(answers[50]).toBeCloseTo(1, 2)
    expect(answers[500]).toBeCloseTo(5, 2)
  })

  it('missing values go to the side that fits them, and a missing value alone is told apart', () => {
    const holed = { ...table, cells: table.cells.map((x, at) => (at % 3 === 0 ? Number.NaN : x)) }
    const target = Float64Array.from(all, (row) => (row % 3 === 0 ? 9 : 2))
    const model = boost(lessonOf(holed, target), spec({ kind: 'squared' }), 1)
    const answers = evaluate(model, holed)
    expect(answers[300]).toBeCloseTo(9, 1)
    expect(answers[301]).toBeCloseTo(2, 1)
  })

  it('a Poisson model answers the logarithm of the mean', () => {
    const draw = seededChance(9)
    const target = Float64Array.from(all, (row) => (row < 300 ? 1 : 4) + (draw() < 0.5 ? 1 : 0))
    const model = boost(lessonOf(table, target), spec({ kind: 'poisson' }), 1)
    const answers = evaluate(model, table)
    const mean = (from: number): number =>
      answers.slice(from, from + 200).reduce((sum, score) => sum + Math.exp(score), 0) / 200
    expect(mean(50)).toBeGreaterThan(1.2)
    expect(mean(50)).toBeLessThan(1.8)
    expect(mean(350)).toBeGreaterThan(4.2)
    expect(mean(350)).toBeLessThan(4.8)
  })

  it('a quantile model has its share of the targets below it', () => {
    const draw = seededChance(5)
    const target = Float64Array.from(all, () => draw())
    const model = boost(lessonOf(table, target), spec({ kind: 'quantile', share: 0.9 }), 1)
    const answers = evaluate(model, table)
    const below = all.filter((row) => target[row]! <= answers[row]!).length / rows
    expect(below).toBeGreaterThan(0.85)
    expect(below).toBeLessThan(0.95)
  })

  it('the same seed gives the same bytes, another seed others', () => {
    const target = Float64Array.from(all, (row) => Math.sin(row / 40))
    const bytes = (seed: number): Uint8Array => {
      const drawn = { ...spec({ kind: 'squared' }), rowsPerTree: 0.5, featuresPerTree: 0.5 }
      const ensemble = boost(lessonOf(table, target), drawn, seed)
      return writeOnnx([{ name: 'mean', ensemble, exponential: false }])
    }
    expect(bytes(4)).toEqual(bytes(4))
    expect(bytes(4)).not.toEqual(bytes(5))
  })
})

describe('the forest', () => {
  const forestSpec = {
    trees: 20,
    leafMin: 8,
    featuresPerSplit: 0.5,
    classesMax: 16,
    rowsPerTree: 1,
  }

  it('the shares of a row add up to one and its quantiles rise', () => {
    const draw = seededChance(8)
    const target = Float64Array.from(all, (row) => (row < 300 ? 10 : 50) + 20 * draw())
    const { ensemble, centres } = growForest(lessonOf(table, target), forestSpec, 1)
    const shares = evaluate(ensemble, table)
    const own = shares.subarray(400 * centres.length, 401 * centres.length)
    expect(own.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4)
    const [low, middle, high] = [0.1, 0.5, 0.9].map((share) =>
      forestQuantile(own, centres, share),
    ) as [number, number, number]
    expect(low).toBeLessThan(middle)
    expect(middle).toBeLessThan(high)
    expect(middle).toBeGreaterThan(55)
    expect(middle).toBeLessThan(65)
  })
})
