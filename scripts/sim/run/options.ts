import { commandLine } from '../../dev/command-line.ts'
import { faultKinds, type FaultKind, type FaultPlan } from '../faults/fault-plan.ts'
import { plants, type Plant } from '../plants/plants.ts'

export type SimOptions = {
  /** First seed; the others follow one by one. */
  readonly seed: number
  readonly seeds: number
  /** No seed begins after so many minutes; 0 sets no end. */
  readonly minutes: number
  readonly stations: number
  readonly days: number
  readonly vehicles: number
  readonly faults: Partial<FaultPlan>
  readonly plant: Plant | null
  readonly trace: boolean
  readonly threads: number
}

export const usage = `npm run sim -- [--seed N] [--seeds COUNT] [--stations K] [--days D] [--vehicles V]
  [--minutes M] [--fault KIND=STRENGTH …] [--plant ${plants.join('|')}] [--trace] [--threads T]
KIND is one of ${faultKinds.join(', ')}`

/** Parses the command line; a text says what is wrong with it. */
export function readOptions(args: readonly string[], fresh: number): SimOptions | string {
  const { values } = commandLine({
    args: [...args],
    options: {
      seed: { type: 'string', default: String(fresh) },
      seeds: { type: 'string', default: '1' },
      stations: { type: 'string', default: '5' },
      days: { type: 'string', default: '3' },
      vehicles: { type: 'string', default: '100' },
      fault: { type: 'string', multiple: true, default: [] },
      plant: { type: 'string' },
      trace: { type: 'boolean', default: false },
      threads: { type: 'string', default: '2' },
      minutes: { type: 'string', default: '0' },
    },
  })
  const numbers = ['seed', 'seeds', 'stations', 'days', 'vehicles', 'threads', 'minutes'] as const
  const wrong = numbers.find((name) => !isCount(values[name]))
  if (wrong !== undefined) return `--${wrong} is a whole number`
  const faults = readFaults(values.fault)
  if (typeof faults === 'string') return faults
  const plant = values.plant === undefined ? null : plants.find((name) => name === values.plant)
  if (plant === undefined) return `--plant is one of ${plants.join(', ')}`
  return {
    seed: Number(values.seed),
    seeds: Number(values.seeds),
    minutes: Number(values.minutes),
    stations: Number(values.stations),
    days: Number(values.days),
    vehicles: Number(values.vehicles),
    ...{ faults, plant, trace: values.trace, threads: Number(values.threads) },
  }
}

/** The command that runs one seed of these options again, with its trace. */
export function commandOf(options: SimOptions, seed: number): string {
  const { stations, days, vehicles, faults, plant } = options
  const size = `--stations ${stations} --days ${days} --vehicles ${vehicles}`
  const given = Object.entries(faults).map(([kind, strength]) => ` --fault ${kind}=${strength}`)
  const planted = plant === null ? '' : ` --plant ${plant}`
  return `npm run sim -- --seed ${seed} ${size}${given.join('')}${planted} --trace`
}

function isCount(text: string): boolean {
  return /^\d{1,9}$/.test(text)
}

function readFaults(given: readonly string[]): Partial<FaultPlan> | string {
  const faults: { -readonly [K in FaultKind]?: number } = {}
  for (const text of given) {
    const [name, strength] = text.split('=')
    const kind = faultKinds.find((known) => known === name)
    if (kind === undefined || strength === undefined || !(Number(strength) >= 0)) {
      return `--fault ${text} is none of ${faultKinds.join(', ')} with a strength`
    }
    faults[kind] = Number(strength)
  }
  return faults
}
