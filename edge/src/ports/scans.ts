import type { ScanView } from '@baari/shared/contracts/live/station-view'
import type { Verdict } from '@baari/shared/domain/check-in/verdict'
import type { BookingId, LaneNo, TicketId } from '@baari/shared/units/names'
import type { DayNumber, Instant } from '@baari/shared/units/time'

/** An answered scan, kept for its undo and for the answer to the same scan sent twice. */
export type ScanRecord = {
  readonly id: string
  readonly at: Instant
  readonly view: ScanView
  readonly booking: BookingId | null
  readonly useNo: number | null
  readonly ticket: TicketId | null
  readonly undoneAt: Instant | null
}

/** Every verdict that claims no use is stored with what was read (scenarios.md, vocabulary). */
export type FailedScan = {
  readonly scan: string
  readonly at: Instant
  readonly lane: LaneNo
  readonly source: 'scanner' | 'camera' | 'keypad'
  readonly verdict: Verdict
  /** At most 4 KiB, erased after 30 days; the hash, lane and reason stay. */
  readonly raw: string
  readonly booking: BookingId | null
}

export type Scans = {
  byId(id: string): ScanRecord | undefined
  last(): ScanRecord | undefined
  save(scan: ScanRecord): void
  /** Stores the scan and answers the SHA-256 (hex) and base64 of the raw bytes for the outbox. */
  addFailed(scan: FailedScan): { readonly rawSha256: string; readonly rawBase64: string }
  /** Wrong tags of unsynced codes: on one lane since an instant, and in one station day. */
  wrongTags(lane: LaneNo, since: Instant): number
  wrongTagsOfDay(day: DayNumber): number
  addWrongTag(tag: { readonly lane: LaneNo; readonly at: Instant; readonly day: DayNumber }): void
  /** Erases raw bytes older than `before`, at most `limit` rows; answers how many. */
  eraseRaw(before: Instant, limit: number): number
  /** Drops answered scans older than `before`, at most `limit` rows; answers how many. */
  dropOld(before: Instant, limit: number): number
}
