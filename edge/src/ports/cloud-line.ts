import type {
  ConflictBody,
  SessionAnswer,
  Stream,
  StreamHead,
} from '@baari/shared/contracts/sync/session'
import type { UplinkAnswer } from '@baari/shared/contracts/sync/uplink'
import type { Instant } from '@baari/shared/units/time'
import type { OutboxRun } from './sync.ts'

/** A session in force, as every exchange after it names it. */
export type Session = { readonly token: string; readonly gen: number; readonly station: number }

/** How an exchange with the cloud ended, before anybody decides what it means. */
export type ExchangeNo =
  | { readonly kind: 'conflict'; readonly body: ConflictBody }
  | { readonly kind: 'unauthorised' }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'busy'; readonly retryAfterMs: number }
  | { readonly kind: 'refused'; readonly status: number }
  /** No answer, a 5xx, or an answer that is not the contract's. */
  | { readonly kind: 'failed'; readonly reason: string }

export type ExchangeAnswer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly no: ExchangeNo }

export type SessionInput = {
  readonly epoch: string
  readonly prevEpoch: string | null
  readonly prevHeads: readonly StreamHead[]
  /** Up to where the cloud has acknowledged the streams of `epoch`; told to a restored cloud. */
  readonly acked?: readonly Pick<StreamHead, 'stream' | 'seq'>[]
  readonly signal: AbortSignal
}

/** A run, and its lines as this line carries them where they were made ready before. */
export type ReadyRun = OutboxRun & { readonly packed?: Uint8Array }

export type SendInput = {
  readonly session: Session
  readonly run: ReadyRun
  /** Station time at the moment of sending. */
  readonly sentAt: Instant
  /** What waits at this moment, for the operator's page. */
  readonly waiting?: { readonly ops: number; readonly oldest: Instant | null }
  readonly signal: AbortSignal
}

export type PullRange = {
  readonly epoch: string
  readonly stream: Stream
  readonly from: number
  readonly to: number
}

export type PullInput = {
  readonly session: Session
  readonly range: PullRange
  readonly signal: AbortSignal
}

/**
 * The station's side of sync.md 5.3. Promises: nothing rejects, because a line that fails is the
 * ordinary case at a station; every exchange ends by its own deadline (30 s at most) or when its
 * signal aborts; an answer that is not the contract's is `failed`. After `failed` nobody knows
 * whether the cloud acted, so that every exchange may be repeated.
 */
export type CloudLine = {
  /** Challenge and session in one. */
  openSession(input: SessionInput): Promise<ExchangeAnswer<SessionAnswer>>
  /** One batch; its lines go out as the bytes they were hashed as. */
  sendRun(input: SendInput): Promise<ExchangeAnswer<UplinkAnswer>>
  /** Makes a run's lines ready ahead of their turn; absent where that costs nothing. */
  makeReady?(run: OutboxRun): Promise<ReadyRun>
  /** Heads of all streams as the cloud has them now. */
  readHeads(
    input: Pick<SendInput, 'session' | 'signal'>,
  ): Promise<ExchangeAnswer<readonly StreamHead[]>>
  /** Own ops as the cloud keeps them, as raw lines without their LF. */
  pullOps(input: PullInput): Promise<ExchangeAnswer<readonly Uint8Array[]>>
}
