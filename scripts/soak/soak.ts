import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { startSimulatedStation } from '@baari/hardware/simulators/simulated-station'
import { startWorldControl } from '@baari/hardware/simulators/world-control'
import { systemClock } from '@baari/hardware/transports/system-clock'
import { present } from '@baari/shared/faults/assert'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import type { BenchResult, Goal } from '../bench/figures/last-line.ts'
import { bringPeople } from '../chaos/world/forecourt-people.ts'
import { forecourtCaller, type ForecourtCaller } from '../clients/forecourt-caller.ts'
import { startFreshWorld } from '../dev/world/fresh-world.ts'
import { memoryGrowth, type MemorySample } from './memory-watch.ts'
import { startSensors } from './soak-sensors.ts'

export type SoakOptions = {
  readonly minutes: number
  readonly seed: number
  readonly say: (line: string) => void
  /** Somebody wants an end before the time is over. */
  readonly ended: AbortSignal
}

const goals: readonly Goal[] = [
  { name: 'resident_most_mb', op: '<', goal: 150 },
  { name: 'growth_mb', op: '<=', goal: 5 },
  { name: 'restarts', op: '==', goal: 0 },
]

const sensors = 40
/** Positions of the demo's station; as many again are on a second line. */
const positionsPerLine = 4
const sampleEveryMs = 5_000
const sayEverySamples = 12
const stationId = 'IN-GJ-0042'

/**
 * A whole station for a time: eight dispensers that sell to walk-ins, forty sensors, a screen, and
 * the way to a cloud. What is watched is the memory of the node. Whatever was started is ended, the
 * last first, also when `ended` comes in the middle; null then, for there is nothing to judge.
 */
export async function runSoak(options: SoakOptions): Promise<BenchResult | null> {
  const stops: Stop[] = []
  try {
    return await soakWith(options, (stop) => void stops.push(stop))
  } finally {
    for (const stop of stops.reverse())
      await stop().catch((reason: unknown) => options.say(`not ended: ${String(reason)}`))
  }
}

type Stop = () => Promise<unknown>

async function soakWith(
  { minutes, seed, say, ended }: SoakOptions,
  started: (stop: Stop) => void,
): Promise<BenchResult | null> {
  const second = await startSimulatedStation({
    positions: positionsPerLine,
    seed,
    clock: systemClock(),
    lanes: 0,
    autopilot: true,
  })
  started(() => second.close())
  const secondControl = await startWorldControl(second, 0)
  started(() => secondControl.close())
  let restarts = 0
  const world = await startFreshWorld({
    name: 'soak',
    flowGramsPerSecond: 150,
    autopilot: true,
    builtEdge: true,
    station: () => ({ secondLine: { port: second.busPort } }),
    say: (line) => {
      if (line.startsWith('edge ended')) restarts += 1
      say(line)
    },
  })
  started(() => world.stop())
  if (ended.aborted) return null
  const { places, secrets, parts } = world
  const field = await startSensors({ mqttPort: places.mqtt, station: stationId, count: sensors })
  started(() => field.stop())
  const people = bringPeople({
    edgeUrl: `http://127.0.0.1:${places.edge}`,
    forecourt: bothLines(
      forecourtCaller(`http://127.0.0.1:${places.stationControl}`),
      forecourtCaller(`http://127.0.0.1:${secondControl.port}`),
    ),
    attendant: present(secrets.attendants[0], 'an attendant'),
    tokens: [],
    prng: seededPrng(seed),
  })
  started(() => people.stop())
  const samples = await watch(() => parts.edge.pid(), { minutes, say, ended })
  if (ended.aborted) return null
  const { readies, inVain } = await people.stop()
  say(`${readies} fills, ${field.sent()} readings, ${inVain} acts in vain`)
  return { bench: 'soak', figures: figuresOf(samples, restarts), goals, rounds: 1, seed }
}

/** People at either line; the positions of the second are counted on from the first. */
function bothLines(first: ForecourtCaller, second: ForecourtCaller): ForecourtCaller {
  const at = (position: number): readonly [ForecourtCaller, number] =>
    position <= positionsPerLine ? [first, position] : [second, position - positionsPerLine]
  const act =
    (what: 'leaves' | 'liftNozzle' | 'hangUp') =>
    (position: number): Promise<void> => {
      const [line, own] = at(position)
      return line[what](own)
    }
  return {
    ...first,
    arrives(position, wantsGrams) {
      const [line, own] = at(position)
      return line.arrives(own, wantsGrams)
    },
    ...{ leaves: act('leaves'), liftNozzle: act('liftNozzle'), hangUp: act('hangUp') },
  }
}

async function watch(
  pid: () => number | undefined,
  { minutes, say, ended }: Omit<SoakOptions, 'seed'>,
): Promise<readonly MemorySample[]> {
  const samples: MemorySample[] = []
  const from = performance.now()
  while (performance.now() - from < minutes * 60_000) {
    await sleep(sampleEveryMs, undefined, { signal: ended }).catch(() => undefined)
    if (ended.aborted) return samples
    const residentMb = await residentMbOf(present(pid(), 'the process of the node'))
    const atMs = performance.now() - from
    samples.push({ atMs, residentMb })
    if (samples.length % sayEverySamples === 0) {
      say(`${(atMs / 60_000).toFixed(0).padStart(4)} min  ${residentMb.toFixed(1)} MB resident`)
    }
  }
  return samples
}

/** Resident memory of a process, every thread of it, as the system counts it. */
async function residentMbOf(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])
  return Number(stdout.trim()) / 1024
}

function figuresOf(samples: readonly MemorySample[], restarts: number): Record<string, number> {
  const { mostMb, earlyMb, lateMb, growthMb } = memoryGrowth(samples)
  return {
    minutes: (samples.at(-1)?.atMs ?? 0) / 60_000,
    resident_most_mb: mostMb,
    resident_early_mb: earlyMb,
    resident_late_mb: lateMb,
    growth_mb: growthMb,
    restarts,
  }
}
