import { dayMs } from '../series/demand-table.ts'
import type { LaidOut } from '../series/lay-grid.ts'

/** Which features a model has, decided once from its history and kept in its manifest. */
export type FeaturePlan = {
  readonly names: readonly string[]
  /** Features measured in the target's unit; these are divided by the level. */
  readonly ofTarget: readonly boolean[]
  readonly covariates: readonly {
    readonly column: number
    /** Whether the values at the day and week lag are features as well. */
    readonly lagged: boolean
  }[]
  readonly manySeries: boolean
  /** Day of year says something only when a year has been seen. */
  readonly yearSeen: boolean
  /** Forecasts reach further than a day, so that the lead is a feature. */
  readonly manyLeads: boolean
}

/** Above this many columns only flags get their lagged values, to bound memory and time. */
const laggedColumnsMax = 12

const valueNames = [
  'lagDay1',
  'lagDay2',
  'lagDay3',
  'lagWeek1',
  'lagWeek2',
  'lagDay1Before1',
  'lagDay1Before2',
  'lagWeek1Before2',
  'lagWeek1Before1',
  'lagWeek1After1',
  'lagWeek1After2',
  'meanWeekday4',
  'medianWeekday4',
  'meanSlot7',
  'meanDay',
  'meanWeek',
  'meanFourWeeks',
] as const

const calendarNames = ['slot', 'weekday', 'hourOfWeek', 'slotSine', 'slotCosine'] as const

export type PlanOn = Pick<LaidOut, 'columns' | 'grids' | 'stepMs'> & {
  readonly manyLeads: boolean
}

export function planFeatures({ columns, grids, manyLeads }: PlanOn): FeaturePlan {
  const covariates = columns.map(({ name }, column) => ({
    name,
    lagged: columns.length <= laggedColumnsMax || isFlag(grids, column),
  }))
  const yearSeen = grids.some((grid) => grid.values.length * grid.stepMs >= 400 * dayMs)
  return planOf({ manySeries: grids.length > 1, yearSeen, manyLeads, covariates })
}

/** What decides a plan; a bundle carries it, so that the station makes the trainer's features. */
export type PlanFacts = Pick<FeaturePlan, 'manySeries' | 'yearSeen' | 'manyLeads'> & {
  readonly covariates: readonly { readonly name: string; readonly lagged: boolean }[]
}

/** The features by name, in the order in which the feature function makes them. */
export function planOf({ manySeries, yearSeen, manyLeads, covariates }: PlanFacts): FeaturePlan {
  const others = [
    'dayRatio',
    ...calendarNames,
    ...(yearSeen ? ['dayOfYear'] : []),
    ...(manyLeads ? ['leadDays'] : []),
    ...(manySeries ? ['seriesRank', 'seriesLevel'] : []),
    ...covariates.flatMap(({ name, lagged }) => covariateNames(name, lagged)),
  ]
  const names = [...valueNames, ...others]
  const ofTarget = names.map((_, at) => at < valueNames.length)
  const columns = covariates.map(({ lagged }, column) => ({ column, lagged }))
  return { names, ofTarget, covariates: columns, manySeries, yearSeen, manyLeads }
}

function covariateNames(name: string, lagged: boolean): readonly string[] {
  return lagged ? [name, `${name}@day`, `${name}@week`] : [name]
}

/** At most three different values. */
function isFlag(grids: PlanOn['grids'], column: number): boolean {
  const seen = new Set<number>()
  for (const grid of grids) {
    for (const value of grid.covariates[column] ?? []) {
      if (!Number.isNaN(value)) seen.add(value)
      if (seen.size > 3) return false
    }
  }
  return true
}
