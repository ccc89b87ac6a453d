import { quarterStart } from '../serving/station-demand.ts'
import type { Instant } from '../../../units/time.ts'
import { pinballOf } from './judged-row.ts'
import {
  cameOf,
  rowsOfWeek,
  weekAt,
  type RunnableModel,
  type StationHistory,
} from './weeks-of-models.ts'

/** How a challenger did in shadow: forecast when it was trained, judged by the days since. */
export type ShadowResult = {
  readonly rows: number
  /** Share by which its pinball loss lies below that of the model in service. */
  readonly gain: number
}

/** Stations one look takes; those of the training are among the first. */
const stationsMax = 9

/** Days of events are left out: they are no days to judge a model by. */
export function shadowResult(
  stations: readonly StationHistory[],
  {
    model,
    champion,
    since,
  }: {
    readonly model: RunnableModel
    readonly champion: RunnableModel | undefined
    readonly since: Instant
  },
): ShadowResult {
  const origin = quarterStart(since)
  const rows = stations.slice(0, stationsMax).flatMap((history) => {
    const theirs = weekAt(history, origin, champion)?.forecast
    const ours = weekAt(history, origin, model)?.forecast
    if (theirs === undefined || ours === undefined) return []
    const judged = rowsOfWeek(cameOf(history, origin), { origin, theirs, ours })
    return judged.filter(({ event }) => !event)
  })
  const loss = (of: 'champion' | 'challenger'): number =>
    rows.reduce((sum, row) => sum + pinballOf(row.actual, row[of]), 0)
  const other = loss('champion')
  return { rows: rows.length, gain: other > 0 ? (other - loss('challenger')) / other : 0 }
}
