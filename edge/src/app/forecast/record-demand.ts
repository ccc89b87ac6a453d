import {
  quarterMs,
  quarterStart,
  type QuarterCount,
} from '@baari/shared/domain/forecast/serving/station-demand'
import type { ClassMinutes } from '@baari/shared/domain/slots/class-minutes'
import type { StationNo } from '@baari/shared/units/names'
import { before, hours, instant, millis, type Instant } from '@baari/shared/units/time'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { fallenBackOf } from '@baari/shared/domain/forecast/learning/drift-alarms'
import { settingsOf } from '../station/settings-of.ts'

export type RecordDemand = {
  /** Since when this process has been able to see a vehicle come. */
  readonly upSince: Instant
  /** The station's own clock is all there is, because it has no cloud. */
  readonly ownClock: boolean
}

/** Quarters one run writes at most; a run that was late for a day catches up. */
const perRun = 96
/** Two years: a year's season, seen twice. */
const kept = hours(2 * 366 * 24)

/**
 * Writes down the quarters that have ended since the last one written and that the node was up for
 * from end to end. The others stay unknown, also where tickets are: half a quarter is no count.
 * With a clock nobody believes nothing is written, because nobody knows which quarter it was.
 */
export function recordDemand(
  tx: Pick<LedgerTx, 'demand'>,
  { upSince, ownClock }: RecordDemand,
  { now }: CommandContext,
): { readonly recorded: number } {
  if (!now.trusted && !ownClock) return { recorded: 0 }
  const newest = tx.demand.newest()
  const firstWhole = Math.ceil(upSince / quarterMs) * quarterMs
  const next = newest === undefined ? firstWhole : Math.max(firstWhole, newest + quarterMs)
  const from = Math.max(next, quarterStart(now.at) - perRun * quarterMs)
  let recorded = 0
  for (let start = from; start + quarterMs <= now.at; start += quarterMs) {
    tx.demand.save(tx.demand.count(instant(start)))
    recorded += 1
  }
  if (recorded > 0) tx.demand.dropBefore(before(now.at, kept))
  return { recorded }
}

/** What the forecast is made from. */
export type DemandFacts = {
  readonly station: StationNo
  readonly now: Instant
  readonly counts: readonly QuarterCount[]
  /** Versions that were worse than seasonal naive for days. */
  readonly fallenBack: readonly number[]
  readonly classMinutes: ClassMinutes
}

/** Features reach back five weeks, and two weeks before that are judged. */
const readBack = millis(56 * 24 * 3_600_000)

export function demandFacts(
  tx: Pick<LedgerTx, 'demand' | 'driftAlarms' | 'serviceTimes' | 'station'>,
  _input: object,
  { now }: CommandContext,
): DemandFacts {
  return {
    station: settingsOf(tx).no,
    now: now.at,
    counts: tx.demand.since(before(now.at, readBack)),
    fallenBack: fallenBackOf(tx.driftAlarms.open()),
    classMinutes: tx.serviceTimes.classMinutes(),
  }
}
