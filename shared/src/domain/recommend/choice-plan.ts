import { casesOf, type ChoiceFeature, type ChoiceTable } from './choice-table.ts'
import { frequentWords } from '../forecast/series/frequent-words.ts'

/** What is learned about options, persons and features before any model. */
export type ChoicePlan = {
  /** The options that are told apart, most frequent first. */
  readonly options: readonly string[]
  /** Share of its offers that each option was taken in, shrunk to the mean. */
  readonly popularity: ReadonlyMap<string, number>
  /** How often each person took each option, and how often the person chose. */
  readonly habits: ReadonlyMap<string, ReadonlyMap<string, number>>
  readonly columns: readonly ChoiceColumn[]
}

/** A feature as numbers: one column, or one for each frequent word. */
export type ChoiceColumn = {
  readonly name: string
  readonly source: number
  readonly word?: string
  /** The same for all options of nearly every case: it tells cases apart, not options. */
  readonly context: boolean
}

const optionsMax = 12
const wordsMax = 8
/** As many offers of the mean are added to each option's own. */
const shrinkOffers = 5

export function planChoices(table: ChoiceTable): ChoicePlan {
  const offers = new Map<string, number>()
  const taken = new Map<string, number>()
  const habits = new Map<string, Map<string, number>>()
  table.option.forEach((option, row) => {
    if (table.available[row] === 1) offers.set(option, (offers.get(option) ?? 0) + 1)
    if (table.chosen[row] !== 1) return
    taken.set(option, (taken.get(option) ?? 0) + 1)
    const person = table.person[row]!
    const own = habits.get(person) ?? new Map<string, number>()
    own.set(option, (own.get(option) ?? 0) + 1)
    habits.set(person, own)
  })
  const all = [...offers.values()].reduce((sum, count) => sum + count, 0)
  const mean = all > 0 ? casesOf(table) / all : 0.5
  const popularity = new Map(
    [...offers].map(([option, count]) => [
      option,
      ((taken.get(option) ?? 0) + shrinkOffers * mean) / (count + shrinkOffers),
    ]),
  )
  const options = [...offers]
    .sort(([a, more], [b, less]) => less - more || (a < b ? -1 : 1))
    .slice(0, optionsMax)
    .map(([option]) => option)
  return { options, popularity, habits, columns: columnsOf(table) }
}

function columnsOf(table: ChoiceTable): readonly ChoiceColumn[] {
  return table.features.flatMap((feature, source): readonly ChoiceColumn[] => {
    const context = isContext(table, feature)
    if (feature.kind === 'number') return [{ name: feature.name, source, context }]
    return frequentWords(feature.values, wordsMax).map((word) => ({
      name: `${feature.name}=${word}`,
      source,
      word,
      context,
    }))
  })
}

function isContext(table: ChoiceTable, feature: ChoiceFeature): boolean {
  let varied = 0
  for (let one = 0; one < casesOf(table); one += 1) {
    const from = table.caseStart[one]!
    const first = feature.values[from]
    for (let row = from + 1; row < table.caseStart[one + 1]!; row += 1) {
      if (!Object.is(feature.values[row], first)) {
        varied += 1
        break
      }
    }
  }
  return varied <= 0.01 * casesOf(table)
}

/** The number a column has in a row; NaN is missing. */
export function choiceValue(
  { source, word }: ChoiceColumn,
  table: ChoiceTable,
  row: number,
): number {
  const feature = table.features[source]
  if (feature === undefined) return Number.NaN
  if (feature.kind === 'number') return feature.values[row] ?? Number.NaN
  const said = feature.values[row] ?? ''
  if (said === '') return Number.NaN
  return said === word ? 1 : 0
}

/**
 * How much more a person takes an option than people do. A choice that is part of the table was
 * counted too; `own` takes it out again, so that a row does not know its own outcome.
 */
export function habitOf(
  { habits, popularity }: ChoicePlan,
  { person, option, own }: HabitAsked,
): number {
  const counts = habits.get(person)
  const usual = popularity.get(option) ?? 0
  if (counts === undefined) return 0
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const without = own === undefined ? 0 : 1
  const taken = (counts.get(option) ?? 0) - (own === option ? 1 : 0)
  return (taken + 2 * usual) / (total - without + 2) - usual
}

export type HabitAsked = {
  readonly person: string
  readonly option: string
  /** What the person took in the case itself, in a table that was counted. */
  readonly own: string | undefined
}
