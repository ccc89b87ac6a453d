import type { ModelAnswers } from '@baari/shared/domain/forecast/bundle/golden-rows'
import type { Measured } from '@baari/shared/domain/forecast/learning/gate'
import type { AnsweredRows } from '@baari/shared/domain/forecast/learning/weeks-of-models'
import { inputName } from '@baari/shared/domain/forecast/onnx/write-model'
import {
  pickRows,
  rowMajor,
  type FeatureTable,
} from '@baari/shared/domain/forecast/trees/feature-table'
import { InferenceSession, Tensor } from 'onnxruntime-node'

/** As at a station: one thread, nothing kept. */
const options: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  enableCpuMemArena: false,
}

/** Rows of one run: what a run takes in memory grows with them. */
const rowsAtOnce = 4_096
const rounds = 5
const runsOfRound = 40
const loads = 3

export type MeasureAsk = {
  readonly model: Uint8Array
  /** Rows with what the trainer's own evaluation answers: golden, back-test and hold-out. */
  readonly parity: readonly AnsweredRows[]
  /** What a station asks its model for a week. */
  readonly week: FeatureTable | undefined
}

/**
 * The model in the runtime stations use, in one thread: whether it answers what the trainer does, how
 * long it takes to load and to forecast a week. Of the times the least round counts, because what else
 * the machine does only ever makes them longer.
 */
export async function measureModel({ model, parity, week }: MeasureAsk): Promise<Measured> {
  const loadTimes: number[] = []
  for (let load = 0; load < loads; load += 1) {
    loadTimes.push(
      await timeOf(async () => (await InferenceSession.create(model, options)).release()),
    )
  }
  const session = await InferenceSession.create(model, options)
  try {
    let [parityRows, parityWrong] = [0, 0]
    for (const { table, answers } of parity) {
      parityRows += table.rows
      parityWrong += await wrongOf(session, table, answers)
    }
    const weekMs = week === undefined ? 0 : await weekTime(session, week)
    return { parityRows, parityWrong, weekMs, loadMs: Math.min(...loadTimes) }
  } finally {
    await session.release()
  }
}

async function wrongOf(
  session: InferenceSession,
  table: FeatureTable,
  answers: ModelAnswers,
): Promise<number> {
  let wrong = 0
  for (let from = 0; from < table.rows; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, table.rows - from)
    const rows = Int32Array.from({ length: count }, (_, n) => from + n)
    const given = await run(session, pickRows(table, rows))
    for (const [name, wanted] of answers) {
      const each = wanted.length / table.rows
      const part = wanted.subarray(from * each, (from + count) * each)
      const other = given.get(name)
      wrong += part.filter((value, at) => !isNear(value, other?.[at] ?? Number.NaN)).length
    }
  }
  return wrong
}

/** The tolerance of the golden rows at the station. */
function isNear(wanted: number, given: number): boolean {
  return Math.abs(given - wanted) <= 2e-3 + 1e-4 * Math.abs(wanted)
}

async function weekTime(session: InferenceSession, week: FeatureTable): Promise<number> {
  const highest: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const times: number[] = []
    for (let n = 0; n < runsOfRound; n += 1) {
      times.push(await timeOf(() => run(session, week)))
    }
    times.sort((a, b) => a - b)
    highest.push(times[Math.ceil(0.99 * times.length) - 1] ?? 0)
  }
  return Math.min(...highest)
}

/**
 * Milliseconds of one thread's work: no longer than it took by the clock, nor than the processor
 * worked for this process meanwhile. On a machine at its limit the clock alone would refuse a model
 * for the company it has.
 */
async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const [start, before] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(before)
  return Math.min(performance.now() - start, (user + system) / 1_000)
}

async function run(session: InferenceSession, table: FeatureTable): Promise<ModelAnswers> {
  const input = new Tensor('float32', rowMajor(table), [table.rows, table.names.length])
  const answered = await session.run({ [inputName]: input })
  return new Map(
    Object.entries(answered).flatMap(([name, { data }]) =>
      data instanceof Float32Array ? [[name, data] as const] : [],
    ),
  )
}
