import { headDrivers, headFamily } from '@baari/hardware/simulators/head-families'
import { commandLine } from '../dev/command-line.ts'
import { runKills } from './kills.ts'
import { runWorldChaos } from './world/world-chaos.ts'

/**
 * `npm run chaos [-- --minutes 10 --seed 1]`: a whole world of real processes under troubles.
 * `npm run chaos -- --kills 1000 [--protocol neogi --parallel 5 --positions 4]`: the node as it is
 * built for stations, killed in starts and fills in small worlds, over the dispensers of every
 * driver that has a simulator.
 * `--only 'disk full'` makes that trouble alone. `--quick` is a short form of both. The seed is printed, so that a failure can be run again; the
 * last line is the figures as one JSON object.
 */
const { values } = commandLine({
  options: {
    minutes: { type: 'string' },
    kills: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    positions: { type: 'string', default: '4' },
    /** Worlds at a time, of `--kills`. */
    parallel: { type: 'string', default: '5' },
    protocol: { type: 'string', default: 'all' },
    /** Of the world's troubles only this one; may be given several times. */
    only: { type: 'string', multiple: true, default: [] },
    /** Shows that the run works, in CI; not that the node survives everything. */
    quick: { type: 'boolean', default: false },
  },
})
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const seed = Number(values.seed)
const both = values.quick && values.minutes === undefined && values.kills === undefined
const kills = Number(values.kills ?? 5)
const minutes = Number(values.minutes ?? (values.quick ? 1 : 10))

type Outcome = {
  readonly figures: { readonly faults: number; readonly lost: number; readonly doubled: number }
  readonly failures: readonly string[]
}

async function killed(): Promise<Outcome> {
  const [positions, parallel] = [Number(values.positions), Number(values.parallel)]
  const { protocol } = values
  const drivers = protocol === 'all' ? headDrivers : [headFamily(protocol).driver]
  say(`chaos --kills ${kills} --seed ${seed} --protocol ${protocol} --parallel ${parallel}`)
  const options = { kills, seed, positions, drivers, parallel, say }
  const { failures, ...figures } = await runKills(options)
  return { figures, failures }
}

async function world(): Promise<Outcome> {
  say(`chaos --minutes ${minutes} --seed ${seed}`)
  const { failures, ...figures } = await runWorldChaos({ minutes, seed, say, only: values.only })
  return { figures: { ...figures, minutes } as Outcome['figures'], failures }
}

const outcomes: Outcome[] = []
if (both || values.kills !== undefined) outcomes.push(await killed())
if (both || values.kills === undefined) outcomes.push(await world())
for (const { failures } of outcomes) for (const failure of failures) say(`FAILED ${failure}`)
say(JSON.stringify(summary(outcomes)))

// At once: a line that was half open leaves the engine a write that never ends, and its own way out
// would wait for it.
process.exit(outcomes.every(({ failures }) => failures.length === 0) ? 0 : 1)

function summary(all: readonly Outcome[]): object {
  const sum = (name: keyof Outcome['figures']): number =>
    all.reduce((total, { figures }) => total + figures[name], 0)
  const goal = (name: 'lost' | 'doubled'): object => ({
    name,
    value: sum(name),
    op: '==',
    goal: 0,
    pass: sum(name) === 0,
  })
  return {
    bench: 'chaos',
    figures: {
      ...Object.assign({}, ...all.map(({ figures }) => figures)),
      faults: sum('faults'),
      lost: sum('lost'),
      doubled: sum('doubled'),
      failures: all.flatMap(({ failures }) => failures).length,
    },
    goals: [goal('lost'), goal('doubled')],
    rounds: sum('faults'),
    seed,
  }
}
