import type { OpenAlarm } from '@baari/shared/domain/forecast/learning/drift-alarms'
import type { InputNow } from '@baari/shared/domain/forecast/learning/watched-inputs'
import type { ScoredDay, ScoreRow } from '@baari/shared/domain/forecast/learning/score-station'
import type { StationHistory } from '@baari/shared/domain/forecast/learning/weeks-of-models'
import type { DayNumber, Instant } from '@baari/shared/units/time'
import type { ModelNotes } from '@baari/shared/domain/forecast/learning/train-challenger'
import type { ServedModel } from './forecast-models.ts'

/** All a thread needs to score the stations of one day. */
export type ScoreAsk = {
  readonly stations: readonly StationHistory[]
  readonly today: DayNumber
  readonly model: Pick<ServedModel, 'manifest' | 'model'> | undefined
  readonly inputs: ModelNotes['inputs']
}

export type Scores = {
  readonly days: readonly ScoredDay[]
  /** The model's inputs over all stations. */
  readonly inputs: readonly InputNow[]
}

/** In a thread of its own: a second of the processor for each station. */
export type Score = (ask: ScoreAsk) => Promise<Scores>

/** An alarm that nobody has been told of yet. */
export type ToldAlarm = OpenAlarm & { readonly station: number }

/** What was seen of the model in service. Station 0 stands for the model as a whole. */
export type ForecastWatch = {
  /** True for one process a day; again when that process did not come to its end. */
  begin(day: DayNumber, now: Instant): Promise<boolean>
  end(day: DayNumber, now: Instant): Promise<void>
  keep(days: readonly ScoredDay[]): Promise<void>
  /** Days of a station at a lead of one by this version, the oldest first. */
  days(station: number, version: number, since: DayNumber): Promise<readonly ScoreRow[]>
  openAlarms(): Promise<readonly ToldAlarm[]>
  /** Opens and closes; one that is open is not opened again. */
  change(
    what: { readonly opened: readonly ToldAlarm[]; readonly closed: readonly ToldAlarm[] },
    now: Instant,
  ): Promise<void>
  dropBefore(day: DayNumber): Promise<void>
}
