import type { Command } from 'commander'
import type { BacktestAnswer } from '../forecast/backtest.ts'

type BacktestOptions = {
  readonly history: string
  readonly future: string
  readonly out: string
  readonly actuals?: string
  readonly modelOut?: string
  readonly seed: string
}

/** `baari forecast …`: demand forecasts from files. */
export function register(program: Command): void {
  const forecast = program.command('forecast').description('demand forecasts')
  forecast
    .command('backtest')
    .description('forecast rows of a file a day ahead; exit code 0, or 2 for a malformed input')
    .requiredOption('--history <file>', 'series,ts,value and covariates')
    .requiredOption('--future <file>', 'the same columns without value')
    .requiredOption('--out <file>', 'where series,ts,mean,q10,q50,q90 go, and a manifest beside it')
    .option('--actuals <file>', 'series,ts,value of the future, used when a day old')
    .option('--model-out <file>', 'where the ONNX model goes')
    .option('--seed <number>', 'the same input and seed give the same bytes', '1')
    .action(runBacktest)
  forecast
    .command('plot')
    .description('the same forecast as pictures: bands and accuracy by series, feature effects')
    .requiredOption('--history <file>', 'series,ts,value and covariates')
    .requiredOption('--future <file>', 'the same columns without value')
    .requiredOption('--out <folder>', 'where band-N.svg, accuracy-N.svg and effects.svg go')
    .option('--actuals <file>', 'series,ts,value of the future, used when a day old and drawn')
    .option('--png', 'PNG files beside them, by an installed Chromium')
    .option('--seed <number>', 'the same input and seed give the same bytes', '1')
    .action(runPlot)
}

type PlotOptions = Omit<BacktestOptions, 'modelOut'> & { readonly png?: true }

async function runPlot(options: PlotOptions): Promise<void> {
  const { mkdirSync, writeFileSync } = await import('node:fs')
  const { join } = await import('node:path')
  const { refused } = await import('../csv/named-files.ts')
  const { plotPictures } = await import('../forecast/plot-pictures.ts')
  await refused('No picture was drawn', async () => {
    const files = plotPictures(await answerOf(options))
    mkdirSync(options.out, { recursive: true })
    for (const { name, svg } of files) writeFileSync(join(options.out, name), svg)
    process.stdout.write(`${files.length} pictures in ${options.out}\n`)
    if (options.png !== true) return
    const { writePngs } = await import('../forecast/picture-png.ts')
    const why = await writePngs(options.out, files)
    if (why !== undefined) process.stderr.write(`no PNG files: ${why}\n`)
  })
}

async function answerOf(options: Omit<BacktestOptions, 'out'>): Promise<BacktestAnswer> {
  const { readNamed, seedOf } = await import('../csv/named-files.ts')
  const { backtest } = await import('../forecast/backtest.ts')
  const { actuals } = options
  return backtest({
    history: readNamed(options.history),
    future: readNamed(options.future),
    ...(actuals === undefined ? {} : { actuals: readNamed(actuals) }),
    seed: seedOf(options.seed),
    seconds: () => performance.now() / 1000,
  })
}

async function runBacktest(options: BacktestOptions): Promise<void> {
  const { writeFileSync } = await import('node:fs')
  const { refused } = await import('../csv/named-files.ts')
  await refused('No forecast was made', async () => {
    const answer = await answerOf(options)
    writeFileSync(options.out, answer.forecastCsv)
    writeFileSync(`${options.out}.manifest.json`, `${JSON.stringify(answer.manifest, null, 2)}\n`)
    if (options.modelOut === undefined) return
    if (answer.model === undefined) {
      process.stderr.write('the history is too short for a learned model; no model was written\n')
      return
    }
    writeFileSync(options.modelOut, answer.model)
  })
}
