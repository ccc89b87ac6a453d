import { createHash } from 'node:crypto'
import { seriesChoices, type SeriesChoice } from '@baari/shared/domain/forecast/backtest/candidates'
import { forecastRun, type ForecastRun } from '@baari/shared/domain/forecast/backtest/forecast-run'
import { prepare, type Prepared } from '@baari/shared/domain/forecast/backtest/prepare'
import { modelOutputs } from '@baari/shared/domain/forecast/onnx/forecast-model'
import { writeOnnx, type OnnxOutput } from '@baari/shared/domain/forecast/onnx/write-model'
import { CsvRefusal, csvCell } from '../csv/csv-records.ts'
import { startFitThreads } from './fit-threads.ts'
import { readDemand, type DemandFile } from './read-demand.ts'

/** A file by the name the user gave it, and its text. */
export type NamedText = { readonly name: string; readonly text: string }

export type BacktestInput = {
  readonly history: NamedText
  readonly future: NamedText
  readonly actuals?: NamedText
  readonly seed: number
  /** Seconds of a monotonic clock. */
  readonly seconds: () => number
}

export type BacktestAnswer = {
  readonly forecastCsv: string
  readonly manifest: BacktestManifest
  /** Undefined when the history is too short for a learned model. */
  readonly model: Uint8Array | undefined
  /** What the model is made of, and the rows it was made from and asked for. */
  readonly outputs: readonly OnnxOutput[]
  readonly prepared: Prepared
  readonly run: ForecastRun
}

export type BacktestManifest = {
  readonly dayAheadRuleHonoured: true
  readonly leadHours: 24
  readonly actualsUsed: boolean
  readonly stepMinutes: number
  readonly series: number
  readonly rows: number
  readonly models: readonly SeriesChoice[]
  readonly seed: number
  readonly trainSeconds: number
  readonly forecastSeconds: number
  readonly modelSha256: string | null
  /** Rows and cells of the input that were put aside, by reason. */
  readonly putAside: Prepared['laid']['cleaned']
  /** What the model reads and how its answers make the forecast. */
  readonly model: ReturnType<typeof modelCard>
}

/**
 * Forecasts every row of the future a day ahead.
 * @throws CsvRefusal for a file that breaks the contract
 */
export async function backtest(input: BacktestInput): Promise<BacktestAnswer> {
  const start = input.seconds()
  const files = readFiles(input)
  const tables = {
    history: files.history.table,
    future: files.future.table,
    ...(files.actuals === undefined ? {} : { actuals: files.actuals.table }),
  }
  const prepared = prepare(tables, input.seed)
  if (!prepared.ok) {
    const what = `the times span ${prepared.error.cells} steps; one of them is wrong by years`
    throw new CsvRefusal(input.history.name, { line: 2, column: 2, what })
  }
  const { run, fitSeconds } = await runInThreads(prepared.value, input)
  const outputs =
    run.learned === undefined ? [] : modelOutputs(run.learned.members, run.combination)
  const model = outputs.length === 0 ? undefined : writeOnnx(outputs)
  const forecastCsv = forecastLines(files.future, run)
  const { laid } = prepared.value
  const manifest: BacktestManifest = {
    dayAheadRuleHonoured: true,
    leadHours: 24,
    actualsUsed: files.actuals !== undefined,
    stepMinutes: laid.stepMs / 60_000,
    series: laid.grids.length,
    rows: files.future.ts.length,
    models: seriesChoices(
      laid.grids.map(({ name }) => name),
      run.judged,
      run.combination,
    ),
    seed: input.seed,
    trainSeconds: rounded(fitSeconds),
    forecastSeconds: rounded(input.seconds() - start - fitSeconds),
    modelSha256: model === undefined ? null : createHash('sha256').update(model).digest('hex'),
    putAside: laid.cleaned,
    model: modelCard(prepared.value, run),
  }
  return { forecastCsv, manifest, model, outputs, run, prepared: prepared.value }
}

type DemandFiles = {
  readonly history: DemandFile
  readonly future: DemandFile
  readonly actuals: DemandFile | undefined
}

/** What the future held beside its values is known from its own file. */
const actualsColumns = { value: true, covariates: [], othersAllowed: true } as const

function readFiles({ history, future, actuals }: BacktestInput): DemandFiles {
  const past = readDemand(history.name, history.text, { value: true })
  if (past.ts.length === 0) {
    throw new CsvRefusal(history.name, { line: 2, column: 1, what: 'the history has no rows' })
  }
  const { covariates } = past.table
  return {
    history: past,
    future: readDemand(future.name, future.text, { value: false, covariates }),
    actuals:
      actuals === undefined ? undefined : readDemand(actuals.name, actuals.text, actualsColumns),
  }
}

async function runInThreads(
  prepared: Prepared,
  { seed, seconds }: BacktestInput,
): Promise<{ readonly run: ForecastRun; readonly fitSeconds: number }> {
  const threads = startFitThreads(prepared.training)
  const start = seconds()
  try {
    const fitting = forecastRun(prepared, seed)
    let step = fitting.next()
    while (step.done !== true) step = fitting.next(await threads.fitAll(step.value))
    return { run: step.value, fitSeconds: seconds() - start }
  } finally {
    await threads.stop()
  }
}

/** What somebody needs to use the model's outputs. */
function modelCard({ plan }: Prepared, { learned, combination }: ForecastRun) {
  const { middle, mean, low, high, band, rounded: wholeMedian, usual } = combination
  const weights = Object.fromEntries(
    Object.entries({ middle, mean, low, high }).map(([name, of]) => [name, Object.fromEntries(of)]),
  )
  return {
    scale: learned?.scale ?? null,
    features: plan.names,
    weights,
    band,
    wholeMedian,
    usual,
    forestClasses: [...(learned?.members.get('forest')?.centres ?? [])],
  }
}

function forecastLines({ table, ts }: DemandFile, run: ForecastRun): string {
  const lines = ['series,ts,mean,q10,q50,q90']
  ts.forEach((time, row) => {
    const series = table.series[table.seriesOf[row] ?? 0] ?? ''
    const numbers = [run.mean, run.low, run.median, run.high].map((of) => shown(of[row] ?? 0))
    lines.push([csvCell(series), csvCell(time), ...numbers].join(','))
  })
  return `${lines.join('\n')}\n`
}

/** Six decimals keep the order of the quantiles and are more than any forecast is worth. */
function shown(value: number): string {
  return String(Math.round(value * 1e6) / 1e6)
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}
