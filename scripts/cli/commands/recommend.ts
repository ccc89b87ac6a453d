import type { Command } from 'commander'

type EvaluateOptions = {
  readonly train: string
  readonly test: string
  readonly out: string
  readonly chosen?: string
  readonly log?: string
  readonly seed: string
}

type LogOptions = {
  readonly database?: string
  readonly days: string
  readonly out: string
}

type FeedbackOptions = {
  readonly choices: string
  readonly draws: string
  readonly file?: string
  readonly seed: string
}

/** `baari recommend …`: which slot or station a driver would take. */
export function register(program: Command): void {
  const recommend = program.command('recommend').description('ranking of slots and stations')
  recommend
    .command('evaluate')
    .description('rank the options of test cases; exit code 0, or 2 for a malformed input')
    .requiredOption('--train <file>', 'case,person,option,available,chosen and features')
    .requiredOption('--test <file>', 'the same columns without chosen')
    .requiredOption('--out <file>', 'where case,option,score go')
    .option('--chosen <file>', 'case,option taken in the test part: measures with 95 % limits')
    .option('--log <file>', 'places drawn by chance, of `recommend log`: IPS and SNIPS')
    .option('--seed <number>', 'the same input and seed give the same bytes', '1')
    .action(runEvaluate)
  recommend
    .command('log')
    .description('write the places that were drawn by chance, and what became of each, to a file')
    .requiredOption('--out <file>', 'where person,propensity,explored,chosen go')
    .option('--database <url>', 'the database (BAARI_DATABASE_URL)')
    .option('--days <number>', 'as many days back', '28')
    .action(writeLog)
  recommend
    .command('arrivals')
    .description('learn speeds from trips, and tell later ones: error and cover of the quantiles')
    .requiredOption('--trips <file>', 'route,from_lat,from_lon,to_lat,to_lon,left,took_s')
    .action(tellArrivals)
  recommend
    .command('feedback')
    .description('what some choices with feedback change for choices not seen, over many draws')
    .option('--choices <number>', 'choices learned from in each draw', '10')
    .option('--draws <number>', 'how often choices are drawn', '200')
    .option('--file <file>', 'choices of real persons; made drivers with ratings without it')
    .option('--seed <number>', 'the same seed gives the same figures', '1')
    .action(runFeedback)
}

async function runFeedback(options: FeedbackOptions): Promise<void> {
  const { readNamed, refused, seedOf } = await import('../csv/named-files.ts')
  const { gainLines, gainOfFile, gainOfMadeTowns } = await import('../recommend/feedback.ts')
  const { printLines } = await import('../say.ts')
  await refused('Nothing was measured', async () => {
    const asked = {
      choices: seedOf(options.choices),
      draws: Math.max(1, Math.min(5_000, seedOf(options.draws))),
      seed: seedOf(options.seed),
    }
    const { file } = options
    const gain = file === undefined ? gainOfMadeTowns(asked) : gainOfFile(readNamed(file), asked)
    printLines(gainLines(gain, asked, file ?? 'made drivers (made data: true of no station)'))
  })
}

async function runEvaluate(options: EvaluateOptions): Promise<void> {
  const { writeFileSync } = await import('node:fs')
  const { readNamed, refused, seedOf } = await import('../csv/named-files.ts')
  const { evaluateChoices } = await import('../recommend/evaluate.ts')
  const { measureLines, policyLines } = await import('../recommend/measure-lines.ts')
  const { readLog } = await import('../recommend/read-outcomes.ts')
  const { policyValues } = await import('@baari/shared/domain/recommend/slots/logged-policy')
  const { printLines } = await import('../say.ts')
  await refused('Nothing was ranked', async () => {
    const seed = seedOf(options.seed)
    const named = (file: string | undefined) => (file === undefined ? undefined : readNamed(file))
    const log = named(options.log)
    const values = log && policyValues(readLog(log.name, log.text), seed)
    const { rankedCsv, run, measures } = evaluateChoices({
      ...{ train: readNamed(options.train), test: readNamed(options.test) },
      ...{ chosen: named(options.chosen), seed },
    })
    writeFileSync(options.out, rankedCsv)
    const parts = [...run.weights].map(([name, weight]) => `${name} ${weight.toFixed(2)}`)
    printLines([
      `Utilities of ${parts.join(', ')}.`,
      ...run.candidates.map(
        ({ name, hitAt1, ndcgAt3, nll }) =>
          `${name}: hit@1 ${(100 * hitAt1).toFixed(1)} %, NDCG@3 ${ndcgAt3.toFixed(3)}, NLL ${nll.toFixed(3)} in the training part`,
      ),
      ...(measures === undefined ? [] : measureLines(measures)),
      ...(values === undefined ? [] : policyLines(values)),
    ])
  })
}

async function tellArrivals(options: { readonly trips: string }): Promise<void> {
  const { readNamed, refused } = await import('../csv/named-files.ts')
  const { arrivalLines, readTrips } = await import('../recommend/arrivals.ts')
  const { printLines } = await import('../say.ts')
  await refused('Nothing was told', async () => {
    const { name, text } = readNamed(options.trips)
    printLines(arrivalLines(readTrips(name, text)))
  })
}

const placesMost = 200_000

async function writeLog(options: LogOptions): Promise<void> {
  const { writeFileSync } = await import('node:fs')
  const { choiceLogOf } = await import('@baari/cloud/adapters/postgres/choice-log')
  const { before, hours, instant } = await import('@baari/shared/units/time')
  const { default: pg } = await import('pg')
  const { csvCell } = await import('../csv/csv-records.ts')
  const { refused, seedOf } = await import('../csv/named-files.ts')
  const { logColumns } = await import('../recommend/read-outcomes.ts')
  const { printLines, printRefusal } = await import('../say.ts')
  const connectionString = options.database ?? process.env['BAARI_DATABASE_URL']
  if (connectionString === undefined) {
    return printRefusal('Nothing was written', 'name the database with --database')
  }
  const pool = new pg.Pool({ connectionString, max: 1 })
  try {
    await refused('Nothing was written', async () => {
      const since = before(instant(Date.now()), hours(24 * seedOf(options.days)))
      const places = await choiceLogOf(pool).drawn(since, placesMost)
      const lines = places.map(({ driver, propensity, explored, taken }) =>
        [csvCell(driver), propensity, Number(explored), Number(taken)].join(','),
      )
      writeFileSync(options.out, `${[logColumns.join(','), ...lines].join('\n')}\n`)
      printLines([`${places.length} places since ${new Date(since).toISOString()}.`])
    })
  } catch (error) {
    printRefusal('Nothing was written', error)
  } finally {
    await pool.end()
  }
}
