import { headDrivers, headFamily, usualFamily } from '@baari/hardware/simulators/head-families'
import { parseArgs } from 'node:util'
import { runFillKills } from './fill-kills.ts'
import { runKills } from './kills.ts'
import { runWorldChaos } from './world/world-chaos.ts'

/**
 * `npm run chaos [-- --minutes 10 --seed 1]`: a whole world of real processes under troubles.
 * `npm run chaos -- --count 50 [--seed 1 --positions 4 --protocol modbus-meter]`: kills and power
 * cuts in mid-fill, over the dispensers of any driver that has a simulator.
 * `npm run chaos -- --kills 1000 [--protocol all --parallel 5]`: the node as it is built for
 * stations, killed in starts and fills in small worlds of their own, several at a time.
 * `--only 'disk full'` makes that trouble alone. `--quick` is a short form of both. The seed is printed, so that a failure can be run again; the
 * last line is the figures as one JSON object.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    count: { type: 'string' },
    kills: { type: 'string' },
    /** Worlds at a time, of `--kills`. */
    parallel: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    positions: { type: 'string', default: '4' },
    /** A driver of the station file; of `--kills` every one unless said. */
    protocol: { type: 'string' },
    /** Of the world's troubles only this one; may be given several times. */
    only: { type: 'string', multiple: true, default: [] },
    /** Shows that the run works, in CI; not that the node survives everything. */
    quick: { type: 'boolean', default: false },
  },
})
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const seed = Number(values.seed)
const one = values.count !== undefined || values.kills !== undefined
const both = values.quick && values.minutes === undefined && !one
const count = Number(values.count ?? 4)
const minutes = Number(values.minutes ?? (values.quick ? 1 : 10))

type Outcome = {
  readonly figures: { readonly faults: number; readonly lost: number; readonly doubled: number }
  readonly failures: readonly string[]
}

async function kills(): Promise<Outcome> {
  const positions = Number(values.positions)
  const { driver } = headFamily(values.protocol ?? usualFamily)
  say(`chaos --count ${count} --seed ${seed} --positions ${positions} --protocol ${driver}`)
  const { failures, ...figures } = await runFillKills({ count, seed, positions, driver, say })
  return { figures, failures }
}

async function manyKills(): Promise<Outcome> {
  const [amount, positions] = [Number(values.kills), Number(values.positions)]
  const parallel = Number(values.parallel)
  const { protocol = 'all' } = values
  const drivers = protocol === 'all' ? headDrivers : [headFamily(protocol).driver]
  say(`chaos --kills ${amount} --protocol ${protocol} --seed ${seed} --parallel ${parallel}`)
  const { failures, ...figures } = await runKills({
    ...{ kills: amount, seed, positions, drivers, parallel, say },
  })
  return { figures, failures }
}

async function world(): Promise<Outcome> {
  say(`chaos --minutes ${minutes} --seed ${seed}`)
  const { failures, ...figures } = await runWorldChaos({ minutes, seed, say, only: values.only })
  return { figures: { ...figures, minutes } as Outcome['figures'], failures }
}

const outcomes: Outcome[] = []
if (both || values.count !== undefined) outcomes.push(await kills())
if (values.kills !== undefined) outcomes.push(await manyKills())
if (both || !one) outcomes.push(await world())
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
