import { present } from '../../../faults/assert.ts'
import { instant, type Instant } from '../../../units/time.ts'
import { dayMs } from '../series/demand-table.ts'
import { judgeChallenger, type GateVerdict, type Measured } from './gate.ts'
import type { JudgedRow } from './judged-row.ts'
import {
  cameOf,
  rowsOfWeek,
  weekAt,
  type AnsweredRows,
  type RunnableModel,
  type StationHistory,
} from './weeks-of-models.ts'

/** Hold-out of four weekly origins; what comes before it is learned from. */
const holdOutWeeks = 4
export const holdOutMs = holdOutWeeks * 7 * dayMs

/** Two models and the stations that were held out from one of them. */
export type Contest = {
  readonly stations: readonly StationHistory[]
  readonly model: RunnableModel
  readonly champion: RunnableModel | undefined
  /** Where the hold-out begins. */
  readonly cut: Instant
}

/** The hold-out as both models saw it, and the rows the new one answered there. */
export type ContestRows = {
  readonly judged: readonly JudgedRow[]
  readonly answered: readonly AnsweredRows[]
}

/** Every quarter of the hold-out that was recorded, from each origin neither model has learned. */
export function contestRows(contest: Contest): ContestRows {
  const weeks = contest.stations.flatMap((history) => weeksOf(history, contest))
  return {
    judged: weeks.flatMap(({ judged }) => judged),
    answered: weeks.flatMap(({ rows }) => (rows === undefined ? [] : [rows])),
  }
}

function weeksOf(
  history: StationHistory,
  { model, champion, cut }: Contest,
): readonly { readonly judged: readonly JudgedRow[]; readonly rows: AnsweredRows | undefined }[] {
  const came = cameOf(history, cut)
  return originsOutside(champion, cut).flatMap((origin) => {
    const theirs = weekAt(history, origin, champion)
    const ours = weekAt(history, origin, model)
    if (theirs === undefined || ours === undefined) return []
    const pair = { origin, theirs: theirs.forecast, ours: ours.forecast }
    return [{ judged: rowsOfWeek(came, pair), rows: ours.rows }]
  })
}

/** Weekly origins the model in service has not learned from either. */
function originsOutside(champion: RunnableModel | undefined, cut: Instant): readonly Instant[] {
  const trainedTo = champion?.manifest.trainedToMs ?? 0
  return Array.from({ length: holdOutWeeks }, (_, week) => instant(cut + week * 7 * dayMs)).filter(
    (origin) => origin >= trainedTo,
  )
}

/** The rows of one station's week at the hold-out's start: what a station asks its model. */
export function weekRows({ stations, model, cut }: Contest): AnsweredRows | undefined {
  return weekAt(present(stations[0], 'a station'), cut, model)?.rows
}

/** The gate's answer, with what was measured in the runtime that stations use. */
export function judgeCandidate(
  { champion, cut }: Contest,
  judged: readonly JudgedRow[],
  { measured, seed }: { readonly measured: Measured; readonly seed: number },
): GateVerdict {
  const origins = originsOutside(champion, cut).length
  return judgeChallenger(judged, { ...measured, origins, madeHoldOut: false, seed })
}
