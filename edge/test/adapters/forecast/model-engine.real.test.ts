import { expect, it } from 'vitest'
import { seededChance } from '@baari/shared/domain/forecast/chance'
import { modelOutputs } from '@baari/shared/domain/forecast/onnx/forecast-model'
import { modelParts, partEntriesMax } from '@baari/shared/domain/forecast/onnx/model-parts'
import { inputName, writeOnnx } from '@baari/shared/domain/forecast/onnx/write-model'
import {
  demandTables,
  quarterMs,
  usualOf,
} from '@baari/shared/domain/forecast/serving/station-demand'
import { runTrees } from '@baari/shared/domain/forecast/serving/run-trees'
import { rowMajor, type FeatureTable } from '@baari/shared/domain/forecast/trees/feature-table'
import { madeDemand } from '@baari/shared/testing/made-demand'
import { trainSmall } from '@baari/shared/testing/signed-bundle'
import { instant } from '@baari/shared/units/time'
import { packTrees, runPacked, sameAnswers } from '@baari/shared/domain/forecast/trees/packed-trees'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { openEngine } from '../../../src/adapters/forecast/model-engine.ts'

const counts = madeDemand(46)
const from = instant(counts.at(-1)!.start + quarterMs)
const files = demandTables([{ station: 7, counts, usual: usualOf(counts) }], from)
const { run } = trainSmall({ ...files, stepMs: quarterMs })
const { members } = run.learned ?? expect.fail('a model was learned')
// All members, whatever the mixture took of them.
const used = new Map(['boosted-quantile', 'boosted-mean', 'forest'].map((name) => [name, 1]))
const outputs = modelOutputs(members, { ...run.combination, middle: used, mean: used })
const model = writeOnnx(outputs)
const { features } = outputs[0]!.ensemble

/** Rows of all kinds, some of them with nothing known. */
function someRows(rows: number): FeatureTable {
  const chance = seededChance(9)
  const cells = Float32Array.from({ length: rows * features.length }, () =>
    chance() < 0.1 ? Number.NaN : 4 * chance() - 0.5,
  )
  return { names: features, rows, cells }
}

const isNear = (value: number, wanted: number): boolean =>
  Math.abs(value - wanted) <= 2e-3 + 1e-4 * Math.abs(wanted)

/** What the runtime answers of a model of its own. */
async function ask(bytes: Uint8Array, table: FeatureTable) {
  const input = new Tensor('float32', rowMajor(table), [table.rows, features.length])
  // In one thread as at a station: several sum the trees in another order.
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 })
  const answered = await session.run({ [inputName]: input })
  await session.release()
  return new Map(
    Object.entries(answered).map(([name, { data }]) => [
      name,
      Float32Array.from(data as Float32Array),
    ]),
  )
}

it('the runtime answers part by part what it answers of the whole, and what our evaluation does', async () => {
  const table = someRows(672)
  const parts = modelParts(model, 4_000) ?? expect.fail('the model is in our form')
  expect(parts.length).toBeGreaterThan(5)
  const whole = await ask(model, table)
  for (const [name, wanted] of runTrees(outputs, table)) {
    const own = parts.filter(({ output }) => output === name)
    const { base } = own[0]!
    const sums = new Float64Array(wanted.length).map((_, at) => base[at % base.length] ?? 0)
    for (const { model: part } of own) {
      ;(await ask(part(), table)).get(name)!.forEach((value, at) => (sums[at] = sums[at]! + value))
    }
    const answer = own[0]!.exponential ? sums.map((sum) => Math.exp(sum)) : sums
    expect(answer.filter((value, at) => !isNear(value, whole.get(name)![at]!))).toHaveLength(0)
    expect(answer.filter((value, at) => !isNear(value, wanted[at]!))).toHaveLength(0)
  }
})

it('the station’s engine answers every row and output within the tolerance, in blocks of rows', async () => {
  const table = someRows(2_500)
  const engine = await openEngine(model, () => undefined)
  const answers = await engine.run(table)
  expect(engine.kind).toBe('onnx')
  for (const [name, wanted] of runTrees(outputs, table)) {
    const answer = answers.get(name)!
    expect(answer).toHaveLength(wanted.length)
    expect(answer.filter((value, at) => !isNear(value, wanted[at]!))).toHaveLength(0)
  }
})

it('a model the runtime does not take is answered by our own evaluation', async () => {
  const table = someRows(10)
  const engine = await openEngine(new Uint8Array([1, 2, 3]), () => outputs)
  expect(await engine.run(table)).toEqual(runTrees(outputs, table))
  expect(engine.kind).toBe('trees')
  const none = await openEngine(new Uint8Array([1, 2, 3]), () => undefined)
  await expect(none.run(table)).rejects.toThrow()
})

it('packed trees answer to the bit what the runtime does, however the model is cut', async () => {
  const table = someRows(2_500)
  // At 300 a part has leaves of one quantile alone.
  for (const entriesMax of [1_000_000, 4_000, 300]) {
    const parts = modelParts(model, entriesMax) ?? expect.fail('the model is in our form')
    const packed = packTrees(outputs, entriesMax)
    const answers = runPacked(packed, table)
    for (const { name, exponential, parts: sizes } of packed) {
      const own = parts.filter(({ output }) => output === name)
      expect(sizes).toHaveLength(own.length)
      const { base } = own[0]!
      const sums = answers.get(name)!.map((_, at) => base[at % base.length] ?? 0)
      for (const { model: part } of own) {
        ;(await ask(part(), table))
          .get(name)!
          .forEach((value, at) => (sums[at] = sums[at]! + value))
      }
      const wanted = exponential ? sums.map((sum) => Math.exp(sum)) : sums
      expect(sameAnswers(new Map([[name, wanted]]), new Map([[name, answers.get(name)!]]))).toBe(
        true,
      )
    }
  }
})

it('few rows are answered by the packed trees, many by the runtime, and all of them alike', async () => {
  const packed = packTrees(outputs, partEntriesMax)
  const plain = await openEngine(model, () => undefined)
  const engine = await openEngine(
    model,
    () => undefined,
    () => packed,
  )
  expect(engine.kind).toBe('packed')
  for (const [rows, kind] of [
    [30, 'packed'],
    [600, 'onnx'],
  ] as const) {
    const table = someRows(rows)
    expect(sameAnswers(await engine.run(table), await plain.run(table))).toBe(true)
    expect(engine.kind).toBe(kind)
  }
})

it('without a runtime that takes the model the packed trees answer all rows; unreadable ones none', async () => {
  const table = someRows(600)
  const broken = new Uint8Array([1, 2, 3])
  const packed = packTrees(outputs, partEntriesMax)
  const engine = await openEngine(
    broken,
    () => undefined,
    () => packed,
  )
  const plain = await openEngine(model, () => undefined)
  expect(sameAnswers(await engine.run(table), await plain.run(table))).toBe(true)
  expect(engine.kind).toBe('packed')
  const damaged = await openEngine(
    model,
    () => undefined,
    () => undefined,
  )
  expect(sameAnswers(await damaged.run(someRows(30)), await plain.run(someRows(30)))).toBe(true)
  expect(damaged.kind).toBe('onnx')
})

it('a model so large that its first part has no leaf of the last quantile is answered as a whole', async () => {
  const quantiles = outputs.find(({ name }) => name === 'quantiles') ?? expect.fail('quantiles')
  const { trees } = quantiles.ensemble
  // The same trees again and again, the ones of the first quantile first, as a larger model has them.
  const ofLast = trees.map(({ leafTarget }) => leafTarget[0] ?? 0)
  const many = [0, 1, 2].flatMap((target) =>
    Array.from({ length: 60 }, () => trees.filter((_, tree) => ofLast[tree] === target)).flat(),
  )
  const large = [{ ...quantiles, ensemble: { ...quantiles.ensemble, trees: many } }]
  const table = someRows(300)
  expect(packTrees(large, partEntriesMax)[0]!.parts.length).toBeGreaterThan(1)
  const engine = await openEngine(writeOnnx(large), () => undefined)
  const answers = (await engine.run(table)).get('quantiles')!
  const wanted = runTrees(large, table).get('quantiles')!
  expect(engine.kind).toBe('onnx')
  expect(answers.filter((value, at) => !isNear(value, wanted[at]!))).toHaveLength(0)
})
