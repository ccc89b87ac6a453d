import { lastLine } from '../bench/figures/last-line.ts'
import { timeText } from './report/trace.ts'
import { commandOf, readOptions, usage, type SimOptions } from './run/options.ts'
import type { SeedDone } from './run/run-seed.ts'
import { runSeeds } from './run/run-seeds.ts'
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
  const { seed, seeds, stations, days, vehicles } = options
  const size = `--stations ${stations} --days ${days} --vehicles ${vehicles}`
  console.log(`sim --seed ${seed} --seeds ${seeds} ${size}`)
  const from = performance.now()
  const cpuFrom = process.cpuUsage()
  const bad: SeedDone[] = []
  let stationDays = 0
  let fills = 0
  let seedsDone = 0
  await runSeeds(options, stopOnSignal(), (done) => {
    stationDays += done.stationDays
    fills += done.fills
    seedsDone += 1
    if (seedsDone % progressEvery === 0)
      console.log(`${seedsDone} of ${seeds} seeds, ${bad.length} bad`)
    if (done.violations.length === 0) return
    bad.push(done)
    report(options, done)
  })
  const seconds = (performance.now() - from) / 1000
  const { user, system } = process.cpuUsage(cpuFrom)
  const cpuSeconds = (user + system) / 1e6
  console.log(
    `${fills} fills in ${seedsDone} seeds, ${stationDays} station-days, ${seconds.toFixed(1)} s`,
  )
  const [first] = bad
  if (options.trace) await printTrace(options, first?.seed ?? seed)
  const violations = bad.reduce((sum, done) => sum + done.violations.length, 0)
  console.log(summary({ options, seedsDone, stationDays, violations, cpuSeconds }))
  return violations === 0 ? 0 : 1
}

/** A run of hours says that it lives; a run of CI stays short. */
const progressEvery = 50

/** A run that is stopped by hand keeps what it has counted: seeds are taken in their order. */
function stopOnSignal(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  return stop.signal
}

function report(options: SimOptions, { seed, violations, hash }: SeedDone): void {
  console.log(`seed ${seed} (${hash}):`)
  for (const { at, rule, detail } of violations) console.log(`  ${timeText(at)} ${rule}: ${detail}`)
  console.log(`  again: ${commandOf(options, seed)}`)
}

/** The first bad seed once more, word by word; a seed replays. */
async function printTrace(options: SimOptions, seed: number): Promise<void> {
  const { trace } = await runWorld({ ...options, seed, trace: true })
  for (const line of trace) console.log(line)
}

type Sum = {
  readonly options: SimOptions
  readonly seedsDone: number
  readonly stationDays: number
  readonly violations: number
  /** Of all threads together: what a busy machine makes of the wall's time says nothing here. */
  readonly cpuSeconds: number
}

function summary({ options, seedsDone, stationDays, violations, cpuSeconds }: Sum): string {
  const perDay = cpuSeconds / stationDays
  return lastLine({
    bench: 'sim',
    figures: { seeds: seedsDone, station_days: stationDays, violations, s_per_station_day: perDay },
    goals: [
      { name: 'violations', op: '==', goal: 0 },
      { name: 's_per_station_day', op: '<', goal: 0.1 },
    ],
    ...{ rounds: seedsDone, seed: options.seed },
  })
}

process.exitCode = await main()
