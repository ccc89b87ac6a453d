import { boostAnswers, forestAnswers, type AnswerOn } from '../pool/answers.ts'
import type { Member } from '../pool/choose-weights.ts'
import type { Fitted } from '../pool/fit-job.ts'
import type { LearnerName } from '../pool/learners.ts'

/** Forecasts of every member of the pool for some rows, by what they stand for. */
export type MemberTable = {
  /** Candidates for the median. */
  readonly middle: readonly Member[]
  /** Candidates for the mean. */
  readonly mean: readonly Member[]
  readonly low: readonly Member[]
  readonly high: readonly Member[]
}

export type FittedMembers = ReadonlyMap<LearnerName, Fitted>

export const naiveNames = ['seasonal-naive', 'weekday-mean'] as const

/** The members that need no training. */
export function naiveMembers({
  set,
  rows,
}: {
  readonly set: Pick<AnswerOn['set'], 'naive' | 'weekdayMean'>
  readonly rows: AnswerOn['rows']
}): MemberTable {
  const pick = (from: Float64Array): Float64Array => {
    const out = new Float64Array(rows.length)
    for (let at = 0; at < rows.length; at += 1) out[at] = from[rows[at]!]!
    return out
  }
  const both = [
    { name: naiveNames[0], forecast: pick(set.naive) },
    { name: naiveNames[1], forecast: pick(set.weekdayMean) },
  ]
  return { middle: both, mean: both, low: [], high: [] }
}

/** All members, the boosted ones with all their trees. */
export function allMembers(fitted: FittedMembers, on: AnswerOn): MemberTable {
  const naive = naiveMembers(on)
  const boosted = (name: LearnerName): Float64Array => {
    const one = fitted.get(name)
    return one === undefined
      ? new Float64Array(on.rows.length)
      : boostAnswers(one, on, [one.ensemble.trees.length])[0]!
  }
  const forest = fitted.get('forest')
  const ofForest = forest === undefined ? undefined : forestAnswers(forest, on)
  const grown = (key: 'mean' | 'low' | 'middle' | 'high'): readonly Member[] =>
    ofForest === undefined ? [] : [{ name: 'forest', forecast: ofForest[key] }]
  const mean = { name: 'boosted-mean', forecast: boosted('mean') }
  const one = (name: 'low' | 'middle' | 'high'): Member => ({
    name: 'boosted-quantile',
    forecast: boosted(name),
  })
  return {
    middle: [...naive.middle, mean, one('middle'), ...grown('middle')],
    mean: [...naive.mean, mean, ...grown('mean')],
    low: [one('low'), ...grown('low')],
    high: [one('high'), ...grown('high')],
  }
}

/** Tables of rows that follow one another, as one. */
export function joinTables(tables: readonly MemberTable[]): MemberTable {
  const join = (key: keyof MemberTable): readonly Member[] =>
    (tables[0]?.[key] ?? []).map(({ name }, at) => ({
      name,
      forecast: Float64Array.from(tables.flatMap((table) => [...table[key][at]!.forecast])),
    }))
  return { middle: join('middle'), mean: join('mean'), low: join('low'), high: join('high') }
}
