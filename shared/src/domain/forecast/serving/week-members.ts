import { naiveMembers, naiveNames, type MemberTable } from '../backtest/member-table.ts'
import type { ModelAnswers } from '../bundle/golden-rows.ts'
import type { Recipe } from '../bundle/model-manifest.ts'
import type { Member } from '../pool/choose-weights.ts'
import { newestRead } from '../features/row-reach.ts'
import { filledIn, type KeptRows, type MemberName } from './kept-rows.ts'
import { membersOf } from './members-of-answers.ts'
import type { WeekQuestion } from './week-question.ts'

/**
 * What each member of the recipe says of all rows of a week: of those that were kept what it said
 * then, of the others what the model has answered now.
 * @returns undefined where what was kept is of other members: then nothing of it may be used
 */
export function weekMembers(
  question: Pick<WeekQuestion, 'set' | 'asked' | 'kept'>,
  recipe: Recipe,
  answers: ModelAnswers,
): MemberTable | undefined {
  const { set, asked, kept } = question
  const made = membersOf(asked, recipe, answers)
  if (kept === undefined) return made
  const fresh = learnedOf(made)
  const { members, forecasts } = kept.rows
  const none = asked.at.length === 0
  if (!none && !sameMembers(members, fresh)) return undefined
  const all = members.map(({ of, name }, at) => {
    const forecast = filledIn(kept.places, forecasts[at]!, fresh[at]?.forecast)
    return { of, name, forecast }
  })
  const { middle, mean } = naiveMembers({ set, rows: Int32Array.from(set.at.keys()) })
  const learned = (key: keyof MemberTable): readonly Member[] => all.filter(({ of }) => of === key)
  return {
    middle: [...middle, ...learned('middle')],
    mean: [...mean, ...learned('mean')],
    low: learned('low'),
    high: learned('high'),
  }
}

/** A week as the next ones need it. */
export function rowsToKeep(question: WeekQuestion, members: MemberTable): KeptRows {
  const { laid, asks, set } = question
  const learned = learnedOf(members)
  return {
    members: learned.map(({ of, name }) => ({ of, name })),
    readings: laid.grids.map(({ startMs, values }, series) => ({
      startMs,
      values: values.subarray(0, laid.historyEnd[series]! + 1),
    })),
    series: Float64Array.from(asks, ({ series }) => series),
    at: set.at,
    age: Float64Array.from(asks, (ask) => ask.cell - newestRead(laid.grids[ask.series]!, ask)),
    naive: set.naive,
    weekdayMean: set.weekdayMean,
    forecasts: learned.map(({ forecast }) => forecast),
  }
}

type Learned = Member & MemberName

/** Those that come of the model; the others are columns of the rows themselves. */
function learnedOf(table: MemberTable): readonly Learned[] {
  const naive: readonly string[] = naiveNames
  return (['middle', 'mean', 'low', 'high'] as const).flatMap((of) =>
    table[of].filter(({ name }) => !naive.includes(name)).map((member) => ({ of, ...member })),
  )
}

function sameMembers(kept: readonly MemberName[], fresh: readonly MemberName[]): boolean {
  return (
    kept.length === fresh.length &&
    kept.every(({ of, name }, at) => fresh[at]?.of === of && fresh[at].name === name)
  )
}
