import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { istDay } from '@baari/shared/units/ist-calendar'
import { before, hours } from '@baari/shared/units/time'

/** Raw text of a failed scan is personal data: erased after 30 days (sync.md section 4.2). */
const rawKept = hours(30 * 24)
/** An answered scan serves its undo and a repeated request, so a week is plenty. */
const scansKept = hours(7 * 24)
/** Acknowledged ops serve a cloud that lost them (sync.md section 4.2). */
const opsKept = hours(35 * 24)
/** What drivers were told of a late station, for a complaint. */
const delaysKept = hours(30 * 24)
/** A request is repeated within minutes; a phone that slept may repeat it after hours. */
const answersKept = hours(24)
/** More than a busy station writes in the hour between two runs. */
const opsPerRun = 5_000
const answersPerRun = 2_000
/** Bounds one run, so that no scan waits behind a cleaning day. */
const perRun = 500

/** How many rows of each kind one run took. */
export type RetentionDone = {
  readonly erased: number
  readonly dropped: number
  readonly answersDropped: number
  readonly pruned: number
}

/** Erases what the station may no longer keep; reason, lane and hash of a failed scan stay. */
export function runRetention(
  tx: Pick<LedgerTx, 'scans' | 'attendants' | 'requestAnswers' | 'sync' | 'delays'>,
  _input: object,
  { now }: CommandContext,
): RetentionDone {
  tx.attendants.dropExpired(now.at)
  tx.delays.dropBefore(istDay(before(now.at, delaysKept)))
  const rawBefore = before(now.at, rawKept)
  tx.sync.uplink.eraseScanTexts(rawBefore, perRun)
  return {
    erased: tx.scans.eraseRaw(rawBefore, perRun),
    dropped: tx.scans.dropOld(before(now.at, scansKept), perRun),
    answersDropped: tx.requestAnswers.dropOld(before(now.at, answersKept), answersPerRun),
    pruned: tx.sync.uplink.prune(before(now.at, opsKept), opsPerRun),
  }
}
