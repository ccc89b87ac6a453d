import type { ForecastReport, Trend } from '@baari/shared/contracts/http/forecast-api'
import {
  dayTotals,
  demandTrend,
  type DemandTrend,
} from '@baari/shared/domain/forecast/learning/demand-trend'
import {
  quarterMs,
  quartersPerDay,
  valueOf,
  type DemandTarget,
} from '@baari/shared/domain/forecast/serving/station-demand'
import type { Clock } from '@baari/shared/runtime/clock'
import { isoDate, istDay, istDayStart } from '@baari/shared/units/ist-calendar'
import { before, dayNumber, hours, instant, type DayNumber } from '@baari/shared/units/time'
import type { EventDays } from '../../ports/event-days.ts'
import type { ForecastReading } from '../../ports/forecast-report.ts'

export type ReportDeps = {
  readonly reading: ForecastReading
  readonly eventDays: Pick<EventDays, 'latest'>
  readonly clock: Pick<Clock, 'now'>
}

/** A week that has come and the week ahead. */
const shownBack = 7
const shownAhead = 7
const judgedDays = 28
/** Half a year of weeks for the trend. */
const trendDays = 196

/** Everything the page shows of one station's forecast; undefined where the cloud has no forecasts of it. */
export async function forecastReport(
  { reading, eventDays, clock }: ReportDeps,
  { station, target }: { readonly station: number; readonly target: DemandTarget },
): Promise<ForecastReport | undefined> {
  const stations = await reading.stations()
  if (!stations.some((one) => one.station === station)) return undefined
  const now = clock.now()
  const today = istDay(now)
  const from = dayNumber(today - shownBack)
  const to = dayNumber(today + shownAhead)
  const since = dayNumber(today - judgedDays)
  const [days, horizons, alarms, marked, counts] = await Promise.all([
    reading.bands({ station, target, from, to }),
    reading.horizons({ station, target, since }),
    reading.alarms(station),
    eventDays.latest(),
    reading.counts(station, before(now, hours(24 * trendDays))),
  ])
  const came = new Map(counts.map((count) => [count.start, valueOf(count, target)]))
  const starts = quartersOf(from, to)
  const byDay = new Map(days.map(({ day, bands }) => [day, bands]))
  return {
    ...{ nowMs: now, station, target, stations, horizons, alarms },
    shown: {
      fromMs: istDayStart(from),
      bands: starts.map(({ day, place }) => byDay.get(day)?.[place] ?? null),
      came: starts.map(({ at }) => came.get(at) ?? null),
    },
    eventDays: marked
      .filter((one) => one.station === null || one.station === station)
      .map(({ day, ...rest }) => ({ ...rest, day: isoDate(day) })),
    trend: {
      kilograms: trendShown(demandTrend(dayTotals(counts, (one) => valueOf(one, 'kilograms')))),
      visits: trendShown(demandTrend(dayTotals(counts, (one) => valueOf(one, 'arrivals')))),
    },
  }
}

function quartersOf(from: DayNumber, to: DayNumber) {
  return Array.from({ length: (to - from) * quartersPerDay }, (_, n) => {
    const day = dayNumber(from + Math.floor(n / quartersPerDay))
    const place = n % quartersPerDay
    return { day, place, at: instant(istDayStart(day) + place * quarterMs) }
  })
}

function trendShown({ weeks, ...rest }: DemandTrend): Trend {
  const shown = weeks.map(({ day, value }) => ({ day: isoDate(dayNumber(day)), perDay: value }))
  return { ...rest, weeks: shown }
}
