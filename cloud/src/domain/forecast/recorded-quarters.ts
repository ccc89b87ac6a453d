import type { Unmet } from '@baari/shared/domain/forecast/learning/censored-history'
import type { StationHistory } from '@baari/shared/domain/forecast/learning/weeks-of-models'
import {
  quarterMs,
  quartersPerDay,
  type QuarterCount,
} from '@baari/shared/domain/forecast/serving/station-demand'
import { istDay, istDayStart } from '@baari/shared/units/ist-calendar'
import { grams } from '@baari/shared/units/mass'
import type { VehicleClass } from '@baari/shared/units/names'
import { instant, type Instant } from '@baari/shared/units/time'

/** What the ops of one station say of one quarter hour. */
export type ToldQuarter = {
  readonly station: number
  readonly start: Instant
  readonly walkIns: Readonly<Record<VehicleClass, number>>
  readonly arrivals: number
  readonly grams: number
}

/**
 * Histories by station, from what was told. A day without any op is unknown: the node was down or
 * its ops are still to come. On the other days a quarter nobody spoke of had no vehicle. The day of
 * the last op ends with it.
 */
export function recordedQuarters(
  told: readonly ToldQuarter[],
  { eventDays, unmet }: HistoryFacts,
): readonly StationHistory[] {
  const byStation = new Map<number, ToldQuarter[]>()
  for (const one of told) {
    const own = byStation.get(one.station)
    if (own === undefined) byStation.set(one.station, [one])
    else own.push(one)
  }
  return [...byStation].map(([station, own]) => ({
    station,
    counts: countsOf(own),
    eventDays: new Set([...(eventDays.get(everywhere) ?? []), ...(eventDays.get(station) ?? [])]),
    unmet: unmet.get(station) ?? new Map<Instant, never>(),
  }))
}

/** What else is known of the stations' quarters, by station. */
export type HistoryFacts = {
  /** Local days that are no days to judge a model by; those of station 0 count everywhere. */
  readonly eventDays: ReadonlyMap<number, ReadonlySet<number>>
  readonly unmet: ReadonlyMap<number, Unmet>
}

const everywhere = 0

function countsOf(told: readonly ToldQuarter[]): readonly QuarterCount[] {
  const byStart = new Map(told.map((one) => [one.start, one]))
  const last = told.reduce((latest, { start }) => Math.max(latest, start), 0)
  const days = [...new Set(told.map(({ start }) => istDay(start)))].sort((a, b) => a - b)
  return days.flatMap((day) =>
    Array.from({ length: quartersPerDay }, (_, n) => instant(istDayStart(day) + n * quarterMs))
      .filter((start) => start <= last)
      .map((start) => {
        const one = byStart.get(start)
        return {
          start,
          walkIns: one?.walkIns ?? { auto: 0, car: 0, lcv: 0, bus: 0 },
          arrivals: one?.arrivals ?? 0,
          delivered: grams(one?.grams ?? 0),
        }
      }),
  )
}
