import { measureChoices, type ChoiceMeasures } from '@baari/shared/domain/recommend/choice-measures'
import { recommendRun, type RecommendRun } from '@baari/shared/domain/recommend/recommend-run'
import { csvCell } from '../csv/csv-records.ts'
import { readChoices } from './read-choices.ts'
import { withChosen } from './read-outcomes.ts'

type NamedText = { readonly name: string; readonly text: string }

export type EvaluateInput = {
  readonly train: NamedText
  readonly test: NamedText
  /** What was taken in the test cases, where it is known. */
  readonly chosen: NamedText | undefined
  readonly seed: number
}

export type Evaluated = {
  readonly rankedCsv: string
  readonly run: RecommendRun
  /** Of the test cases; undefined where nobody says what was taken. */
  readonly measures: ChoiceMeasures | undefined
}

/**
 * Ranks the options of the test cases, and measures the ranking where what was taken is known.
 * @throws CsvRefusal for a file that breaks the contract
 */
export function evaluateChoices({ train, test, chosen, seed }: EvaluateInput): Evaluated {
  const past = readChoices(train.name, train.text, { chosen: true })
  const { features } = past.table
  const asked = readChoices(test.name, test.text, { chosen: false, features })
  const told = chosen === undefined ? undefined : withChosen(asked, chosen)
  const run = recommendRun(past.table, asked.table, seed)
  const lines = ['case,option,score']
  asked.caseNames.forEach((one, row) => {
    const at = asked.rowOf[row]!
    lines.push([csvCell(one), csvCell(asked.table.option[at]!), String(run.score[at]!)].join(','))
  })
  return {
    ...{ rankedCsv: `${lines.join('\n')}\n`, run },
    measures: told && measureChoices(told, run.score, seed),
  }
}
