import type { DayDigest } from '@baari/shared/domain/sync/digest'
import type { ToldBucket, ToldKey } from '@baari/shared/domain/sync/digest-compare'
import type { DigestSet } from '@baari/shared/domain/sync/digest-rows'
import type { DigestRepairAnswer } from '@baari/shared/contracts/sync/digest'
import type { ExchangeAnswer, Session } from './cloud-line.ts'
import type { SetDay, SetDays } from './digests.ts'

/** Every exchange of the proof is one request by one session. */
export type ProofAsk = { readonly session: Session; readonly signal: AbortSignal }

export type CloudDays = {
  readonly days: readonly DayDigest[]
  /** Ledger head of this station in the very moment the days were read; null where it has none. */
  readonly head: { readonly epoch: string; readonly seq: number } | null
}

export type ResentOp = { readonly epoch: string; readonly seq: number; readonly raw: Uint8Array }

/**
 * The cloud's digests of this station (sync.md section 5.3). Same promises as the cloud line: no
 * call rejects, each ends by its own deadline or its signal, and each may be repeated.
 */
export type ProofLine = {
  days(
    ask: ProofAsk,
    days: SetDays & { readonly recount: boolean },
  ): Promise<ExchangeAnswer<CloudDays>>
  buckets(ask: ProofAsk, day: SetDay): Promise<ExchangeAnswer<readonly ToldBucket[]>>
  keys(
    ask: ProofAsk,
    bucket: SetDay & { readonly bucket: number },
  ): Promise<ExchangeAnswer<readonly ToldKey[]>>
  /** Sends own ops once more, so that the cloud makes their rows anew. */
  resend(
    ask: ProofAsk,
    ops: { readonly set: DigestSet; readonly ops: readonly ResentOp[] },
  ): Promise<ExchangeAnswer<DigestRepairAnswer>>
}
