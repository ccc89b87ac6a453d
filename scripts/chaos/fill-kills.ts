import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeSimulatedLogin } from '../clients/simulated-login.ts'
import { killOnce, type KillOutcome } from './fill-kills/kill-once.ts'
import { killStationFile } from './fill-kills/kill-station-file.ts'
import { startStation } from './fill-kills/running-station.ts'
import { powerCutMissing } from './power-cut/power-cut.ts'

export type FillKillsOptions = {
  readonly count: number
  readonly seed: number
  readonly positions: number
  /** Driver of the dispensers, by its name in the station file. */
  readonly driver: string
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
  const { count, seed, positions, driver, say } = options
  const began = Date.now()
  const folder = mkdtempSync(join(tmpdir(), 'baari-kills-'))
  const ledgerFolder = join(folder, 'ledger')
  mkdirSync(ledgerFolder)
  const missing = powerCutMissing()
  if (missing !== undefined) say(`no power cuts: ${missing}`)
  const loginsFile = writeSimulatedLogin(folder)
  const station = await startStation({
    ...{ positions, seed, driver, loginsFile },
    flowGramsPerSecond: 700,
  })
  const stationFile = join(folder, 'station.yaml')
  writeFileSync(stationFile, killStationFile({ driver, positions, ports: station.busPorts }))
  const outcomes: KillOutcome[] = []
  try {
    for (let kill = 1; kill <= count; kill += 1) {
      const prng = seededPrng(seed * 100_003 + kill)
      const powerCut = missing === undefined && kill % 2 === 0
      const cutSeed = powerCut ? wholeBetween(prng, 1, 1_000_000_000) : null
      const outcome = await killOnce({
        ...{ station, stationFile, loginsFile, ledgerFolder, positions },
        ...{ prng, cutSeed, kill },
      })
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
