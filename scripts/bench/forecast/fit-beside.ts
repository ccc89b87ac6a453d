import { meanAbsolute } from '@baari/shared/domain/forecast/pool/scores'
import { jobOf, sparseBelow } from '@baari/shared/domain/forecast/pool/learners'
import {
  scaledTargets,
  tableOf,
  unscaled,
  type Scale,
} from '@baari/shared/domain/forecast/pool/training-set'
import { binTable } from '@baari/shared/domain/forecast/trees/bins'
import { boost, type BoostSpec } from '@baari/shared/domain/forecast/trees/boost'
import { evaluate } from '@baari/shared/domain/forecast/trees/tree'
import type { BacktestAnswer } from '../../cli/forecast/backtest.ts'
import { spreadOf } from '../figures/spread.ts'
import { fitSklearn, type PeerOn } from './sklearn-peer.ts'

/** Exactly what scikit-learn's model is given: it draws neither rows nor features for its trees. */
const sameSpec: BoostSpec = {
  loss: { kind: 'squared' },
  trees: 300,
  rate: 0.05,
  leavesMax: 31,
  leafMin: 20,
  l2: 1,
  rowsPerTree: 1,
  featuresPerTree: 1,
}

export type BesideOptions = {
  readonly seed: number
  readonly rounds: number
  readonly peer: boolean
  readonly say: (line: string) => void
}

/**
 * Our boosted trees and scikit-learn's on the same rows, in turn: as many trees of as many leaves at
 * the same rate, with the same least leaf. Ours is fitted as the product fits it, each tree on rows
 * and features drawn for it, with another seed in each round; beside it, for comparison alone, without
 * drawing. Times are of the processor, of one thread, binning included.
 */
export function fitBeside(
  { prepared, run }: BacktestAnswer,
  { seed, rounds, peer, say }: BesideOptions,
): Readonly<Record<string, number>> {
  const { training, future } = prepared
  const scale = run.learned?.scale ?? 'plain'
  const on: PeerOn = { training, future, scale, seed, ...scaledTargets(training, scale) }
  const error = (answers: ArrayLike<number>): number => {
    const known = [...future.target.keys()].filter((row) => !Number.isNaN(future.target[row]!))
    return meanAbsolute(
      known.map((row) => future.target[row]!),
      known.map((row) => unscaled(future, scale, { answer: answers[row]!, row })),
    )
  }
  const shipped = shippedSpec(prepared, scale)
  const ours: Fit[] = []
  const same: Fit[] = []
  const theirs: Fit[] = []
  // The first round warms both up and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    const own = fitOurs({ ...on, seed: seed + round }, shipped)
    const plain = fitOurs(on, sameSpec)
    const other = peer ? fitSklearn(on) : undefined
    if (round === 0) continue
    ours.push({ seconds: own.fitSeconds, mae: error(own.answers) })
    same.push({ seconds: plain.fitSeconds, mae: error(plain.answers) })
    if (other !== undefined) theirs.push({ seconds: other.fitSeconds, mae: error(other.answers) })
  }
  const own = told('ours', ours, say)
  const plain = told('ours without drawing', same, say)
  if (theirs.length === 0) return { fit_s: own.seconds, single_mae: own.mae }
  const other = told('scikit-learn', theirs, say)
  return {
    fit_s: own.seconds,
    single_mae: own.mae,
    sklearn_fit_s: other.seconds,
    sklearn_mae: other.mae,
    mae_to_sklearn: own.mae / other.mae,
    fit_to_sklearn: own.seconds / other.seconds,
    same_mae_to_sklearn: plain.mae / other.mae,
    same_fit_to_sklearn: plain.seconds / other.seconds,
  }
}

/** The boosted mean of the pool, as the back-test fits it on these rows. */
function shippedSpec({ training, usual }: BacktestAnswer['prepared'], scale: Scale): BoostSpec {
  const size = { rows: training.at.length, sparse: usual < sparseBelow }
  const { learner } = jobOf('mean', { size, scale, before: Number.POSITIVE_INFINITY, seed: 0 })
  if (learner.kind !== 'boost') throw new Error('the mean is boosted')
  return learner.spec
}

type Fit = { readonly seconds: number; readonly mae: number }

function fitOurs(
  { training, future, scale, target, weight, seed }: PeerOn,
  spec: BoostSpec,
): { readonly fitSeconds: number; readonly answers: Float32Array } {
  const table = tableOf(training, scale)
  const rows = Int32Array.from(target.keys())
  const start = process.cpuUsage()
  const lesson = { table: binTable(table), names: table.names, rows, target, weight }
  const model = boost(lesson, spec, seed)
  const { user, system } = process.cpuUsage(start)
  return { fitSeconds: (user + system) / 1e6, answers: evaluate(model, tableOf(future, scale)) }
}

function told(who: string, fits: readonly Fit[], say: BesideOptions['say']): Fit {
  const seconds = spreadOf(fits.map((fit) => fit.seconds))
  const mae = spreadOf(fits.map((fit) => fit.mae))
  say(
    `one boosted model, ${who}: fit ${seconds.median.toFixed(2)} s ` +
      `(${seconds.low.toFixed(2)}-${seconds.high.toFixed(2)}), MAE ${mae.median.toFixed(3)}`,
  )
  return { seconds: seconds.median, mae: mae.median }
}
