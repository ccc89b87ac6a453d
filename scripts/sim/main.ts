import { lastLine } from '../bench/figures/last-line.ts'
import { timeText } from './report/trace.ts'
import { readOptions, usage, type SimOptions } from './run/options.ts'
import { runSeeds, type SeedDone } from './run/run-seeds.ts'
import { runWorld } from './world/world.ts'

/**
 * `npm run sim [-- --seed 7 --seeds 50 --stations 5 --days 3]`: whole worlds from seeds. A seed is
 * printed, so that a failure can be run again; the last line is the figures as one JSON object.
 */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), Date.now() % 1_000_000)
  if (typeof options === 'string') {
    console.error(`${options}\n${usage}`)
    return 1
  }
  const { seed, seeds, stations, days } = options
  console.log(`sim --seed ${seed} --seeds ${seeds} --stations ${stations} --days ${days}`)
  const from = performance.now()
  const bad: SeedDone[] = []
  let stationDays = 0
  let fills = 0
  await runSeeds(options, (done) => {
    stationDays += done.stationDays
    fills += done.fills
    if (done.violations.length === 0) return
    bad.push(done)
    report(done)
  })
  const seconds = (performance.now() - from) / 1000
  console.log(`${fills} fills in ${stationDays} station-days, ${seconds.toFixed(1)} s`)
  const [first] = bad
  if (options.trace) await printTrace(options, first?.seed ?? seed)
  const violations = bad.reduce((sum, done) => sum + done.violations.length, 0)
  console.log(summary({ options, stationDays, violations, seconds }))
  return violations === 0 ? 0 : 1
}

function report({ seed, violations, hash }: SeedDone): void {
  console.log(`seed ${seed} (${hash}):`)
  for (const { at, rule, detail } of violations) console.log(`  ${timeText(at)} ${rule}: ${detail}`)
}

/** The first bad seed once more, word by word; a seed replays. */
async function printTrace(options: SimOptions, seed: number): Promise<void> {
  const { trace } = await runWorld({ ...options, seed, trace: true })
  for (const line of trace) console.log(line)
}

type Sum = {
  readonly options: SimOptions
  readonly stationDays: number
  readonly violations: number
  readonly seconds: number
}

function summary({ options, stationDays, violations, seconds }: Sum): string {
  const { seeds, seed, threads } = options
  // What one station-day costs one thread, whatever number of them ran.
  const perDay = (seconds * Math.min(threads, seeds)) / stationDays
  return lastLine({
    bench: 'sim',
    figures: { seeds, station_days: stationDays, violations, s_per_station_day: perDay },
    goals: [
      { name: 'violations', op: '==', goal: 0 },
      { name: 's_per_station_day', op: '<', goal: 0.1 },
    ],
    ...{ rounds: seeds, seed },
  })
}

process.exitCode = await main()
