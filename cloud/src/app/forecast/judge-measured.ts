import type { readGolden } from '@baari/shared/contracts/forecast/model-bundle'
import { goldenAnswers } from '@baari/shared/domain/forecast/bundle/golden-rows'
import type { Measured } from '@baari/shared/domain/forecast/learning/gate'
import {
  contestRows,
  judgeCandidate,
  weekRows,
} from '@baari/shared/domain/forecast/learning/judge-candidate'
import type { Candidate, Challenger } from '@baari/shared/domain/forecast/learning/train-challenger'
import type { AnsweredRows } from '@baari/shared/domain/forecast/learning/weeks-of-models'
import type { FeatureTable } from '@baari/shared/domain/forecast/trees/feature-table'
import { present } from '@baari/shared/faults/assert'
import { ok, type Result } from '@baari/shared/faults/result'

export type JudgeBy = {
  /** Runs the model's bytes in the runtime stations use. */
  readonly measure: (ask: {
    readonly model: Uint8Array
    readonly parity: readonly AnsweredRows[]
    readonly week: FeatureTable | undefined
  }) => Promise<Measured>
  readonly readGolden: typeof readGolden
  readonly seed: number
}

/**
 * A trained model before the gate: its golden rows, every row of the back-test and every row of the
 * hold-out are answered by the runtime too.
 */
export async function judgeMeasured(
  { bundle, notes, contest, backTested }: Candidate,
  { measure, readGolden: read, seed }: JudgeBy,
): Promise<Result<Challenger, never>> {
  const { judged, answered } = contestRows(contest)
  const text = new TextDecoder().decode(bundle.golden)
  const golden = present(read(JSON.parse(text)), 'the golden rows of a new model')
  const measured = await measure({
    model: bundle.model,
    parity: [goldenAnswers({ manifest: bundle.manifest, golden }), backTested, ...answered],
    week: weekRows(contest)?.table,
  })
  return ok({ bundle, notes, verdict: judgeCandidate(contest, judged, { measured, seed }) })
}
