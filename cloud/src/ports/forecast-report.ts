import type { ForecastReport } from '@baari/shared/contracts/http/forecast-api'
import type {
  DemandTarget,
  QuarterCount,
} from '@baari/shared/domain/forecast/serving/station-demand'
import type { DayNumber, Instant } from '@baari/shared/units/time'

/** A day of the report: its bands a day before. */
export type ShownDay = {
  readonly day: DayNumber
  readonly bands: ForecastReport['shown']['bands']
}

/** What the pages read of the watch; nothing here changes anything. */
export type ForecastReading = {
  stations(): Promise<ForecastReport['stations']>
  /** The newest of the leads that are there for each day, oldest day first. */
  bands(of: {
    readonly station: number
    readonly target: DemandTarget
    readonly from: DayNumber
    readonly to: DayNumber
  }): Promise<readonly ShownDay[]>
  horizons(of: {
    readonly station: number
    readonly target: DemandTarget
    readonly since: DayNumber
  }): Promise<ForecastReport['horizons']>
  /** Of the station and of the model as a whole, the newest first. */
  alarms(station: number): Promise<ForecastReport['alarms']>
  /** What the station recorded, oldest first. */
  counts(station: number, since: Instant): Promise<readonly QuarterCount[]>
}
