import { seededChance, type Chance } from '@baari/shared/domain/forecast/chance'
import { demandSet, type DemandRow, type DemandSet } from './demand-set.ts'

const hourMs = 3_600_000
/** A Monday. */
const startMs = Date.UTC(2024, 0, 1)

/** Sets of the kinds a station meets, made from a seed, with what a forecast of them must reach. */
export function madeSets(seed: number): readonly DemandSet[] {
  return [
    traffic(seed),
    city(seed + 1),
    sessions(seed + 2),
    stations(seed + 3),
    holidayShocks(seed + 4),
    dirty(seed + 5),
    slowWeek(seed + 6),
  ]
}

const bump = (hour: number, at: number, width: number): number =>
  Math.exp(-(((hour - at) / width) ** 2))

/** About normal: the sum of twelve even draws. */
function normal(chance: Chance): number {
  let sum = -6
  for (let draw = 0; draw < 12; draw += 1) sum += chance()
  return sum
}

function poisson(chance: Chance, mean: number): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(chance)))
  let count = -1
  for (let left = 1; left > Math.exp(-mean); left *= chance()) count += 1
  return count
}

/** A level that wanders and comes back. */
function drift(chance: Chance, keep: number, step: number): () => number {
  let now = 0
  return () => {
    now = keep * now + step * normal(chance)
    return now
  }
}

type Step = {
  readonly at: number
  readonly hour: number
  readonly weekend: boolean
  readonly day: number
}

function stepOf(at: number, stepsPerDay: number): Step {
  const day = Math.floor(at / stepsPerDay)
  return { at, hour: (24 * (at % stepsPerDay)) / stepsPerDay, weekend: day % 7 >= 5, day }
}

function series(
  name: string,
  {
    steps,
    stepsPerDay,
    of,
  }: {
    readonly steps: number
    readonly stepsPerDay: number
    readonly of: (step: Step) => { readonly value: number; readonly covariates?: readonly string[] }
  },
): readonly DemandRow[] {
  return Array.from({ length: steps }, (_, at): DemandRow => {
    const { value, covariates = [] } = of(stepOf(at, stepsPerDay))
    return { series: name, atMs: startMs + at * ((24 * hourMs) / stepsPerDay), value, covariates }
  })
}

function traffic(seed: number): DemandSet {
  const chance = seededChance(seed)
  const level = drift(chance, 0.995, 0.012)
  const wet = drift(chance, 0.9, 0.6)
  const rows = series('road', {
    steps: 24 * 420,
    stepsPerDay: 24,
    of: ({ hour, weekend }) => {
      const rain = Math.max(0, wet() - 1.2)
      const shape = weekend
        ? 800 * bump(hour, 14, 4.5) + 80
        : 900 * bump(hour, 8, 2) + 1_100 * bump(hour, 17.5, 2.5) + 500 * bump(hour, 13, 5) + 60
      const mean = shape * Math.exp(level()) * (1 - 0.12 * Math.min(rain, 2))
      const value = Math.max(0, Math.round(mean * (1 + 0.05 * normal(chance))))
      return { value, covariates: [rain.toFixed(2), rain > 0 ? 'Rain' : 'Clear'] }
    },
  })
  return demandSet({ name: 'traffic', covariates: ['rain', 'sky'], rows, bars: { skillMin: 0.3 } })
}

function city(seed: number): DemandSet {
  const chance = seededChance(seed)
  const slow = drift(chance, 0.999, 0.006)
  const quick = drift(chance, 0.9, 0.04)
  const rows = series('city', {
    steps: 48 * 180,
    stepsPerDay: 48,
    of: ({ hour, weekend }) => {
      const evening = (weekend ? 0.9 : 1.1) * bump(hour, 19, 3)
      const shape = 20_000 * (0.35 + 0.65 * (bump(hour, 9, 2.5) + evening))
      const mean = shape * (weekend ? 0.85 : 1) * Math.exp(slow() + quick())
      return { value: Math.round(mean) }
    },
  })
  return demandSet({ name: 'city', covariates: [], rows, bars: { skillMin: 0.12 } })
}

function sessions(seed: number): DemandSet {
  const chance = seededChance(seed)
  const level = drift(chance, 0.99, 0.03)
  const rows = series('sessions', {
    steps: 24 * 280,
    stepsPerDay: 24,
    of: ({ at, hour, weekend }) => {
      const shape = 1 + 9 * bump(hour, 9, 2) + 6 * bump(hour, 15, 4)
      const growth = Math.exp(level() + at / 20_000)
      return { value: poisson(chance, shape * (weekend ? 0.45 : 1) * growth) }
    },
  })
  return demandSet({ name: 'sessions', covariates: [], rows, bars: { skillMin: 0.2 } })
}

function stations(seed: number): DemandSet {
  const chance = seededChance(seed)
  const rows = Array.from({ length: 12 }, (_, station) => {
    const size = Math.exp(0.8 * normal(chance) - 0.2)
    const shift = 1.5 * normal(chance)
    const level = drift(chance, 0.99, 0.03)
    return series(`station ${station}`, {
      steps: 24 * 100,
      stepsPerDay: 24,
      of: ({ hour, weekend }) => {
        const morning = (weekend ? 0.4 : 1) * 1.6 * bump(hour, 8 - shift, 2)
        const shape = 0.1 + morning + 1.5 * bump(hour, 17 - shift, 3)
        return { value: poisson(chance, size * shape * Math.exp(level())) }
      },
    })
  }).flat()
  return demandSet({ name: 'stations', covariates: [], rows, bars: { skillMin: 0.04 } })
}

function holidayShocks(seed: number): DemandSet {
  const chance = seededChance(seed)
  const level = drift(chance, 0.99, 0.02)
  const factors = { Diwali: 0.35, Strike: 0.15, Fair: 2.2 } as const
  const names = ['Diwali', 'Strike', 'Fair'] as const
  const events = new Map<number, (typeof names)[number]>()
  for (let day = 20; day < 400; day += 12 + Math.floor(18 * chance())) {
    const name = names[Math.floor(3 * chance())] ?? 'Fair'
    for (let more = 0; more < 1 + Math.floor(3 * chance()); more += 1) events.set(day + more, name)
  }
  const rows = series('shocks', {
    steps: 24 * 400,
    stepsPerDay: 24,
    of: ({ hour, weekend, day }) => {
      const event = events.get(day)
      const shape = (10 + 120 * bump(hour, 10, 3) + 90 * bump(hour, 18, 2.5)) * (weekend ? 0.8 : 1)
      const mean = shape * Math.exp(level()) * (event === undefined ? 1 : factors[event])
      return { value: poisson(chance, mean), covariates: [event ?? ''] }
    },
  })
  return demandSet({ name: 'shocks', covariates: ['event'], rows, bars: { skillMin: 0.15 } })
}

function dirty(seed: number): DemandSet {
  const chance = seededChance(seed)
  const level = drift(chance, 0.99, 0.03)
  const rows = series('dirty', {
    steps: 24 * 260,
    stepsPerDay: 24,
    of: ({ at, hour, weekend }) => {
      const shape = (5 + 40 * bump(hour, 9, 2) + 50 * bump(hour, 18, 3)) * (weekend ? 0.6 : 1)
      const value = poisson(chance, shape * Math.exp(level()))
      return { value: at > 3_000 && at < 3_300 ? Number.NaN : value }
    },
  })
  return demandSet({
    name: 'dirty',
    covariates: [],
    rows,
    damage: (lines) => damaged(lines, chance),
    bars: { skillMin: 0.2 },
  })
}

/** Lost, doubled and swapped rows, negative values, a counter that runs wild, `NaN`. */
function damaged(lines: readonly string[], chance: Chance): readonly string[] {
  const out: string[] = []
  for (const line of lines) {
    const fate = chance()
    const [name = '', ts = ''] = line.split(',')
    if (fate < 0.02) continue
    if (fate < 0.03) out.push(`${name},${ts},-5`)
    else if (fate < 0.04) out.push(`${name},${ts},9999`)
    else if (fate < 0.05) out.push(`${name},${ts},NaN`)
    else out.push(line)
    if (fate > 0.98) out.push(line)
    if (fate > 0.9 && out.length > 1) out.push(...out.splice(-2).reverse())
  }
  return out
}

/** A week whose shape changes slowly from week to week, closed at night: nothing beats last week. */
function slowWeek(seed: number): DemandSet {
  const chance = seededChance(seed)
  const shape = Array.from({ length: 336 }, (_, at) => {
    const { hour, day } = stepOf(at, 48)
    const open = day < 6 && hour > 7 && hour < 20
    return open ? 100 * Math.sin(((hour - 7) / 13) * Math.PI) * (0.4 + 1.2 * chance()) : 0
  })
  const rows = series('slow week', {
    steps: 336 * 28,
    stepsPerDay: 48,
    of: ({ at }) => {
      const place = at % 336
      const next = Math.max(0, shape[place]! * (1 + 0.12 * normal(chance)))
      shape[place] = next
      return { value: Math.round(10 * next) / 10 }
    },
  })
  return demandSet({ name: 'naive_best', covariates: [], rows, bars: { ratioMax: 1.02 } })
}
