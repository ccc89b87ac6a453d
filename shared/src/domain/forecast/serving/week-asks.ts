import { err, ok, type Result } from '../../../faults/result.ts'
import type { Instant } from '../../../units/time.ts'
import type { ModelManifest } from '../bundle/model-manifest.ts'
import type { Ask } from '../features/feature-function.ts'
import { dayMs } from '../series/demand-table.ts'
import { layGrid, type LaidOut } from '../series/lay-grid.ts'
import {
  demandTables,
  quarterMs,
  quartersPerDay,
  quarterStart,
  seriesName,
  usualValue,
  type DemandTarget,
  type PerTarget,
  type QuarterCount,
} from './station-demand.ts'

/** What a station knows when it forecasts. */
export type StationPast = {
  readonly station: number
  readonly now: Instant
  /** Recorded quarters, oldest first; at most some months. */
  readonly counts: readonly QuarterCount[]
  /** The model in use; undefined for the fallback. */
  readonly manifest: ModelManifest | undefined
}

/** A station's series and the cells that are asked for: the judged ones first, then the week. */
export type WeekAsks = {
  readonly laid: LaidOut
  readonly asks: readonly Ask[]
  readonly judged: number
  readonly from: Instant
  readonly usual: PerTarget<number>
}

/** A station's own level is known after so many days. */
export const profileFromDays = 3
/** Days whose outcomes correct the band; more of them would only take memory. */
const judgedDays = 14
/** Features reach back five weeks; a model judged on less is judged on thin features. */
const warmUpDays = 7

export function weekAsks(past: StationPast): Result<WeekAsks, { readonly code: 'span_too_long' }> {
  const { station, now, counts } = past
  const usual = usualFor(past)
  const from = quarterStart(now)
  const files = demandTables([{ station, counts, usual }], from)
  const laidOut = layGrid({ ...files, stepMs: quarterMs })
  if (!laidOut.ok) return err({ code: 'span_too_long' })
  const laid = laidOut.value
  const judged = judgedAsks(laid, past)
  const week = laid.future.map(({ series, cell }) => askOf(laid, series, cell))
  return ok({ laid, asks: [...judged, ...week], judged: judged.length, from, usual })
}

/** What the model has learned as the usual quarter of this station, or what it has been here. */
function usualFor({ station, counts, manifest }: StationPast): PerTarget<number> {
  const others = manifest?.profile
  if (others !== undefined && counts.length < profileFromDays * quartersPerDay) {
    const { walkInWork, arrivals, kilograms } = others
    return {
      ...{ walkInWork: walkInWork.usual, arrivals: arrivals.usual },
      kilograms: kilograms.usual,
    }
  }
  const learned = (target: DemandTarget): number =>
    manifest?.series.find(({ name }) => name === seriesName(station, target))?.usual ??
    usualValue(counts, target)
  return {
    walkInWork: learned('walkInWork'),
    arrivals: learned('arrivals'),
    kilograms: learned('kilograms'),
  }
}

/** The newest value a row may use is a day old, and no newer than what was recorded. */
function askOf({ historyEnd }: LaidOut, series: number, cell: number): Ask {
  return { series, cell, until: Math.min(cell - quartersPerDay, historyEnd[series]!) }
}

/**
 * Recorded cells the model has not learned from, each with what was known a day before. An outcome
 * counts when it is a day old, as in the backtest.
 */
function judgedAsks(laid: LaidOut, { now, manifest }: StationPast): readonly Ask[] {
  const since = Math.max(now - judgedDays * dayMs, manifest?.trainedToMs ?? 0)
  return laid.grids.flatMap((grid, series) => {
    const first = Math.ceil((since - grid.startMs) / quarterMs)
    const asks: Ask[] = []
    const aDayAgo = Math.floor((now - dayMs - grid.startMs) / quarterMs)
    const end = Math.min(laid.historyEnd[series]!, aDayAgo)
    for (let cell = Math.max(first, warmUpDays * quartersPerDay); cell <= end; cell += 1) {
      if (!Number.isNaN(grid.values[cell]!)) {
        asks.push({ series, cell, until: cell - quartersPerDay })
      }
    }
    return asks
  })
}
