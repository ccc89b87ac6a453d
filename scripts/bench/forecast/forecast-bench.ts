import type { Bench, BenchOptions } from '../bench.ts'
import type { Goal } from '../figures/last-line.ts'
import type { DemandSet } from './demand-set.ts'
import { fitBeside } from './fit-beside.ts'
import { stationFigures } from './station-figures.ts'
import { servedFigures } from './served-figures.ts'
import { madeSets } from './made-sets.ts'
import { publicSets } from './public-sets.ts'
import { scoreForecast, type ForecastScore } from './score-forecast.ts'
import { backtest, type BacktestAnswer } from '../../cli/forecast/backtest.ts'
import { sklearnMissing } from './sklearn-peer.ts'

const roundsFull = 5
const quickSets = ['dundee', 'sessions']

/**
 * The forecast on public and made data sets against the bars of each; our boosted trees beside
 * scikit-learn's on the same rows; the ONNX model in the station's runtime.
 */
export const bench: Bench = {
  name: 'forecast',
  async run(options) {
    const { quick, peers, seed, say } = options
    const every = [...publicSets(say), ...madeSets(seed)]
    const sets = quick ? every.filter(({ name }) => quickSets.includes(name)) : every
    const figures: Record<string, number> = {}
    const goals: Goal[] = []
    const missing = peers ? sklearnMissing() : 'scikit-learn was left out'
    if (missing !== undefined) say(missing)
    const rounds = quick ? 1 : roundsFull
    for (const set of sets) {
      const { score, answer } = await scoreSet(set, options)
      Object.assign(figures, figuresOf(set.name, score))
      goals.push(...goalsOf(set))
      if (set !== sets[0]) continue
      Object.assign(figures, await servedFigures(answer, say))
      Object.assign(figures, fitBeside(answer, { seed, rounds, say, peer: missing === undefined }))
    }
    Object.assign(figures, await stationFigures(say))
    goals.push(...servingGoals, ...peerGoals)
    return { bench: 'forecast', figures, goals, rounds, seed }
  },
}

async function scoreSet(
  set: DemandSet,
  { seed, say }: BenchOptions,
): Promise<{ readonly score: ForecastScore; readonly answer: BacktestAnswer }> {
  const answer = await backtest({
    history: { name: 'history.csv', text: set.history },
    future: { name: 'future.csv', text: set.future },
    actuals: { name: 'actuals.csv', text: set.actuals },
    seed,
    seconds: () => performance.now() / 1_000,
  })
  const score = scoreForecast(set, answer.forecastCsv)
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
  say(
    `${set.name}: MAE ${score.mae.toFixed(2)}, seasonal naive ${score.naiveMae.toFixed(2)}, ` +
      `${percent(1 - score.mae / score.naiveMae)} better; pinball ${score.pinballSum.toFixed(2)}, ` +
      `band covers ${percent(score.cover)} of ${score.rows} rows`,
  )
  return { score, answer }
}

function figuresOf(name: string, score: ForecastScore): Record<string, number> {
  return {
    [`${name}_mae`]: score.mae,
    [`${name}_wape`]: score.wape,
    [`${name}_pinball`]: score.pinballSum,
    [`${name}_coverage`]: score.cover,
    [`${name}_snaive_mae`]: score.naiveMae,
    [`${name}_skill`]: 1 - score.mae / score.naiveMae,
    [`${name}_ratio`]: score.mae / score.naiveMae,
    [`${name}_wrong`]: score.wrong,
  }
}

function goalsOf({ name, bars }: DemandSet): readonly Goal[] {
  const { skillMin, ratioMax, maeMax, pinballMax } = bars
  const most = (figure: string, goal: number | undefined): readonly Goal[] =>
    goal === undefined ? [] : [{ name: `${name}_${figure}`, op: '<=', goal }]
  return [
    ...(skillMin === undefined
      ? []
      : [{ name: `${name}_skill`, op: '>=', goal: skillMin } as const]),
    ...most('ratio', ratioMax),
    ...most('mae', maeMax),
    ...most('pinball', pinballMax),
    { name: `${name}_coverage`, op: '>=', goal: 0.76 },
    { name: `${name}_coverage`, op: '<=', goal: 0.88 },
    { name: `${name}_wrong`, op: '==', goal: 0 },
  ]
}

const servingGoals: readonly Goal[] = [
  { name: 'parity_wrong_rows', op: '==', goal: 0 },
  { name: 'infer_672_p50_ms', op: '<', goal: 25 },
  { name: 'infer_672_p99_ms', op: '<=', goal: 100 },
  { name: 'load_ms', op: '<', goal: 100 },
  { name: 'station_load_p99_ms', op: '<=', goal: 100 },
  { name: 'station_week_p99_ms', op: '<=', goal: 100 },
  { name: 'station_added_mb', op: '<=', goal: 64 },
  { name: 'model_bytes', op: '<', goal: 5_000_000 },
]

/** The same kind of model on the same rows; `mae_to_sklearn` is ours, as it ships, by theirs. */
const peerGoals: readonly Goal[] = [
  { name: 'mae_to_sklearn', op: '<=', goal: 1 },
  { name: 'fit_to_sklearn', op: '<=', goal: 3 },
]
