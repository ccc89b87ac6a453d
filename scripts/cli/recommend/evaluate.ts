import { recommendRun, type RecommendRun } from '@baari/shared/domain/recommend/recommend-run'
import { csvCell } from '../csv/csv-records.ts'
import { readChoices } from './read-choices.ts'

type NamedText = { readonly name: string; readonly text: string }

export type EvaluateInput = {
  readonly train: NamedText
  readonly test: NamedText
  readonly seed: number
}

/**
 * Ranks the options of the test cases.
 * @throws CsvRefusal for a file that breaks the contract
 */
export function evaluateChoices({ train, test, seed }: EvaluateInput): {
  readonly rankedCsv: string
  readonly run: RecommendRun
} {
  const past = readChoices(train.name, train.text, { chosen: true })
  const { features } = past.table
  const asked = readChoices(test.name, test.text, { chosen: false, features })
  const run = recommendRun(past.table, asked.table, seed)
  const lines = ['case,option,score']
  asked.caseNames.forEach((one, row) => {
    const at = asked.rowOf[row]!
    lines.push([csvCell(one), csvCell(asked.table.option[at]!), String(run.score[at]!)].join(','))
  })
  return { rankedCsv: `${lines.join('\n')}\n`, run }
}
