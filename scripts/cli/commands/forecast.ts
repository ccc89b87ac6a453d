import type { Command } from 'commander'

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
  program
    .command('forecast')
    .description('demand forecasts')
    .command('backtest')
    .description('forecast rows of a file a day ahead; exit code 0, or 2 for a malformed input')
    .requiredOption('--history <file>', 'series,ts,value and covariates')
    .requiredOption('--future <file>', 'the same columns without value')
    .requiredOption('--out <file>', 'where series,ts,mean,q10,q50,q90 go, and a manifest beside it')
    .option('--actuals <file>', 'series,ts,value of the future, used when a day old')
    .option('--model-out <file>', 'where the ONNX model goes')
    .option('--seed <number>', 'the same input and seed give the same bytes', '1')
    .action(runBacktest)
}

async function runBacktest(options: BacktestOptions): Promise<void> {
  const { writeFileSync } = await import('node:fs')
  const { refused, readNamed, seedOf } = await import('../csv/named-files.ts')
  const { backtest } = await import('../forecast/backtest.ts')
  await refused('No forecast was made', async () => {
    const { actuals } = options
    const answer = await backtest({
      history: readNamed(options.history),
      future: readNamed(options.future),
      ...(actuals === undefined ? {} : { actuals: readNamed(actuals) }),
      seed: seedOf(options.seed),
      seconds: () => performance.now() / 1000,
    })
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
