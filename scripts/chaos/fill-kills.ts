import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { pathToFileURL } from 'node:url'
import { killOnce, type KillOutcome } from './fill-kills/kill-once.ts'
import { startStation } from './fill-kills/running-station.ts'
import { powerCutMissing } from './power-cut/power-cut.ts'

export type FillKillsOptions = {
  readonly count: number
  readonly seed: number
  readonly positions: number
  readonly say: (line: string) => void
}

export type FillKillsResult = {
  readonly faults: number
  readonly powerCuts: number
  readonly minutes: number
  /** Grams that the counters show and the books do not, over all nozzles and kills. */
  readonly lost: number
  /** Sales, authorises and redeems that happened twice, and authorises sent by a restart. */
  readonly doubled: number
  readonly settled: number
  readonly backups: number
  readonly failures: readonly string[]
}

/**
 * A node is killed at seeded moments of its fills, half of the times by SIGKILL and half by a power
 * cut that takes back what was not synced, while the simulated station delivers on. After each
 * restart every nozzle's books must equal its counter to the gram.
 */
export async function runFillKills(options: FillKillsOptions): Promise<FillKillsResult> {
  const { count, seed, positions, say } = options
  const began = Date.now()
  const folder = mkdtempSync(join(tmpdir(), 'baari-kills-'))
  const ledgerFolder = join(folder, 'ledger')
  mkdirSync(ledgerFolder)
  const missing = powerCutMissing()
  if (missing !== undefined) say(`no power cuts: ${missing}`)
  const station = await startStation({ positions, seed, flowGramsPerSecond: 700 })
  const outcomes: KillOutcome[] = []
  try {
    for (let kill = 1; kill <= count; kill += 1) {
      const prng = seededPrng(seed * 100_003 + kill)
      const powerCut = missing === undefined && kill % 2 === 0
      const cutSeed = powerCut ? wholeBetween(prng, 1, 1_000_000_000) : null
      const outcome = await killOnce({ station, ledgerFolder, positions, prng, cutSeed, kill })
      outcomes.push(outcome)
      say(JSON.stringify({ seed, ...outcome }))
    }
  } finally {
    await station.close()
    rmSync(folder, { recursive: true })
  }
  return {
    faults: outcomes.length,
    powerCuts: outcomes.filter(({ how }) => how === 'power-cut').length,
    minutes: Math.round((Date.now() - began) / 6_000) / 10,
    lost: sum(outcomes, ({ lostGrams }) => lostGrams),
    doubled: (outcomes.at(-1)?.doubledSoFar ?? 0) + sum(outcomes, ({ restarted }) => restarted),
    settled: outcomes.at(-1)?.settledSoFar ?? 0,
    backups: sum(outcomes, ({ backupHeld }) => (backupHeld === true ? 1 : 0)),
    failures: outcomes.flatMap(({ failures, backupHeld, kill }) =>
      backupHeld === false ? [...failures, `kill ${kill}: the copy does not hold`] : failures,
    ),
  }
}

function sum(outcomes: readonly KillOutcome[], of: (outcome: KillOutcome) => number): number {
  return outcomes.reduce((total, outcome) => total + of(outcome), 0)
}

/** `node scripts/chaos/fill-kills.ts --count 50 --seed 1`; the last line is the bench's JSON. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '50' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      positions: { type: 'string', default: '4' },
    },
  })
  const seed = Number(values.seed)
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  say(`fill-kills --count ${values.count} --seed ${seed} --positions ${values.positions}`)
  const { failures, ...figures } = await runFillKills({
    count: Number(values.count),
    seed,
    positions: Number(values.positions),
    say,
  })
  for (const failure of failures) say(`FAILED ${failure}`)
  const goal = (name: 'lost' | 'doubled') => ({
    name,
    value: figures[name],
    op: '==',
    goal: 0,
    pass: figures[name] === 0,
  })
  say(
    JSON.stringify({
      bench: 'chaos',
      figures: { ...figures, failures: failures.length },
      goals: [goal('lost'), goal('doubled')],
      rounds: figures.faults,
      seed,
    }),
  )
  process.exitCode = failures.length === 0 ? 0 : 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
