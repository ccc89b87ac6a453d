import type { DayBuckets } from '@baari/shared/domain/sync/digest'
import type { DigestSet, HashText } from '@baari/shared/domain/sync/digest-rows'
import type { WitnessOp } from '@baari/shared/domain/sync/digest-witness'
import type { Grams } from '@baari/shared/units/mass'
import type { Paise } from '@baari/shared/units/money'
import type { Instant } from '@baari/shared/units/time'
import type { FoundRow, OpPlace, ProofRecord, Untold } from '../domain/sync/proof.ts'

export type SetDay = { readonly set: DigestSet; readonly day: number }
export type SetDays = {
  readonly set: DigestSet
  /** First and last day, both included. */
  readonly from: number
  readonly to: number
}

/** An own op that tells of a row, read from the outbox. */
export type OwnOp = {
  readonly place: OpPlace
  readonly op: WitnessOp
  /** The exact line, without its LF. */
  readonly raw: Uint8Array
  /** The line fits the hash chain: nobody has changed it since it was written. */
  readonly chained: boolean
}

export type DaySold = { readonly fills: number; readonly grams: Grams; readonly amountPaise: Paise }

export type Conflict = {
  readonly seq: number
  readonly kind: string
  readonly verdict: string
  readonly code: string
  readonly at: Instant
}

/**
 * Digests of the ledger's rows (sync.md section 7.2). They are kept in the transaction that changes
 * a row; `recount` makes them from the rows again and finds what was changed behind its back.
 */
export type DigestStore = {
  readonly hash: HashText
  buckets(days: SetDays): ReadonlyMap<number, DayBuckets>
  /** Counts a day from its rows; what was kept and did not fit is told by the next proof. */
  recount(day: SetDay): void
  keys(day: SetDay, bucket: number): readonly { readonly key: string; readonly hash: string }[]
  /** Days that changed since they were proven, oldest first, at most `limit`. */
  unproven(limit: number): readonly SetDay[]
  setProven(days: readonly SetDay[]): void
  /** The newest own op that tells of this row; undefined when none is held any more. */
  witness(set: DigestSet, key: string): OwnOp | undefined
  /** Gives the row the values its op told of; false where the row itself is gone. */
  rewrite(set: DigestSet, key: string, op: WitnessOp): boolean
  /** What was sold in the fills of a day, by their ids. */
  soldOn(day: number): DaySold
  /** Newest day that was signed; undefined before the first. */
  lastClosed(): number | undefined
  saveClose(day: number, at: Instant, body: object): void
  /** Own ops the cloud did not simply apply, newest first. */
  conflicts(limit: number): readonly Conflict[]
  /** Rows that were mended, for the next proof to tell. */
  keepMended(rows: readonly FoundRow[]): void
  untold(): Untold
  /** Keeps a proof that tells of everything untold. */
  saveProof(at: Instant, record: ProofRecord): void
  lastProof(): { readonly at: Instant; readonly record: ProofRecord } | undefined
}

/** The digests as commands see them in their transaction. */
export type DigestSlot = { readonly digests: DigestStore }
