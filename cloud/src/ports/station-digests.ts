import type { DayDigest } from '@baari/shared/domain/sync/digest'
import type { DigestSet } from '@baari/shared/domain/sync/digest-rows'
import type { ToldBucket, ToldKey } from '@baari/shared/domain/sync/digest-compare'
import type { RepairOutcome } from '@baari/shared/contracts/sync/digest'

export type StationSet = { readonly stationNo: number; readonly set: DigestSet }
export type StationDay = StationSet & { readonly day: number }

/** Where the station's ledger stream stood when the digests were read; null without an epoch. */
export type LedgerHead = { readonly epoch: string; readonly seq: number } | null

export type DaysRead = { readonly days: readonly DayDigest[]; readonly head: LedgerHead }

export type ResentLine = {
  readonly epoch: string
  readonly seq: number
  /** The op's line as the station holds it, without its LF. */
  readonly line: Uint8Array
}

/**
 * Digests of what this cloud holds of a station (sync.md section 7.2). They are kept by the
 * database in the transaction that changes a row; digests and head are of one moment.
 */
export type StationDigests = {
  days(
    of: StationSet & { readonly from: number; readonly to: number; readonly recount: boolean },
  ): Promise<DaysRead>
  /** All 256. */
  buckets(of: StationDay): Promise<readonly ToldBucket[]>
  /** Hashes made from the rows themselves, in the order of their keys. */
  keys(of: StationDay & { readonly bucket: number }): Promise<readonly ToldKey[]>
  /** Makes the rows of ops anew, if their lines are those under the hash chain. */
  mend(of: StationSet, lines: readonly ResentLine[]): Promise<readonly RepairOutcome[]>
}
