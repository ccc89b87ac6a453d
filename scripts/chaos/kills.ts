import { runKillWorld, type Kill, type KillWorldResult } from './kills/kill-world.ts'
import { powerCutMissing } from './power-cut/power-cut.ts'

export type KillsOptions = {
  /** Over all worlds together. */
  readonly kills: number
  readonly seed: number
  readonly positions: number
  /** Drivers of the station file, each with the same share of the kills. */
  readonly drivers: readonly string[]
  /** Worlds at a time. */
  readonly parallel: number
  readonly say: (line: string) => void
}

export type KillsResult = {
  readonly faults: number
  readonly powerCuts: number
  readonly inStart: number
  readonly lost: number
  readonly doubled: number
  readonly restarted: number
  readonly settled: number
  readonly msPerKill: number
  readonly minutes: number
  readonly failures: readonly string[]
}

/**
 * Real nodes killed at seeded moments of starts and fills over every protocol, half of the times by
 * SIGKILL and half by a power cut; after each life, its books must equal its counters to the gram.
 */
export async function runKills(options: KillsOptions): Promise<KillsResult> {
  const { parallel, say } = options
  const missing = powerCutMissing()
  if (missing !== undefined) say(`no power cuts: ${missing}`)
  const began = performance.now()
  const waiting = sharesOf(options)
  const results: KillWorldResult[] = []
  const lane = async (): Promise<void> => {
    for (let share = waiting.shift(); share !== undefined; share = waiting.shift()) {
      const { driver, kills, seed } = share
      say(`${kills} kills over ${driver}, seed ${seed}`)
      const { positions } = options
      const result = await runKillWorld({
        ...{ driver, kills, seed, positions, say, powerCuts: missing === undefined },
      })
      results.push(result)
      say(sentence(driver, result))
    }
  }
  await Promise.all(Array.from({ length: parallel }, lane))
  const kills = results.flatMap((result) => result.kills)
  const sum = (of: (result: KillWorldResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0)
  return {
    faults: kills.length,
    powerCuts: kills.filter(({ how }) => how === 'power-cut').length,
    inStart: kills.filter(({ where }) => where === 'start').length,
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    restarted: sum(({ restarted }) => restarted),
    settled: sum(({ settled }) => settled),
    msPerKill: meanMs(kills),
    minutes: Math.round((performance.now() - began) / 6_000) / 10,
    failures: results.flatMap((result) => result.failures),
  }
}

type Share = { readonly driver: string; readonly kills: number; readonly seed: number }

/** As many worlds as run at a time, and at least one of each protocol. */
function sharesOf({ kills, seed, drivers, parallel }: KillsOptions): Share[] {
  const worlds = drivers.length * Math.max(1, Math.floor(parallel / drivers.length))
  return Array.from({ length: worlds }, (_, index) => ({
    driver: drivers[index % drivers.length] ?? '',
    kills: Math.floor(kills / worlds) + (index < kills % worlds ? 1 : 0),
    seed: seed * 101 + index,
  }))
}

function sentence(driver: string, { kills, lost, settled, failures, folder }: KillWorldResult) {
  const counts = `${kills.length} kills, ${settled} fills settled, ${lost} g lost`
  const kept = folder === null ? '' : `, kept in ${folder}`
  return `${driver}: ${counts}, ${meanMs(kills)} ms a kill, ${failures.length} failures${kept}`
}

function meanMs(kills: readonly Kill[]): number {
  const total = kills.reduce((sum, { tookMs }) => sum + tookMs, 0)
  return kills.length === 0 ? 0 : Math.round(total / kills.length)
}
