import type { ReportedHead, StationRecord } from '../domain/sync/decide-session.ts'
import type { Instant } from '@baari/shared/units/time'

/** A session in force: who speaks, in which generation, for which epoch. */
export type StationSession = {
  readonly stationNo: number
  readonly instance: string
  readonly generation: number
  readonly epoch: string
}

export type StationKey = { readonly kid: number; readonly publicKey: string }

export type NonceNow = { readonly nonce: string; readonly now: Instant }

/** What opening a session reads and writes, inside one transaction that holds the station's row. */
export type SessionTx = {
  readonly record: StationRecord
  /** True once for each nonce of this station that has not expired. */
  takeNonce(nonce: NonceNow): Promise<boolean>
  /** Spends every nonce that still waits for this station. */
  dropNonces(): Promise<void>
  generationOf(instance: string): Promise<number | null>
  epochUsed(epoch: string): Promise<boolean>
  /** The epoch that was in force when this one was registered; null when there was none. */
  epochBefore(epoch: string): Promise<string | null>
  saveInstance(instance: string, generation: number): Promise<void>
  openEpoch(epoch: { readonly epoch: string; readonly prev: string | null }): Promise<void>
  addToken(
    token: string,
    session: { readonly session: StationSession; readonly expires: Instant },
  ): Promise<void>
  heads(epoch: string): Promise<readonly ReportedHead[]>
}

/** Keeps hashes of nonces and tokens only, so that a copy of the database opens no session. */
export type StationSessions = {
  /** Keeps a nonce for its station; at most 16 wait, the oldest makes room. No-op for a stranger. */
  addNonce(
    stationNo: number,
    nonce: { readonly nonce: string; readonly expires: Instant; readonly now: Instant },
  ): Promise<void>
  /** Whether the nonce is known, of this station, and has not expired; does not take it. */
  knowsNonce(stationNo: number, nonce: NonceNow): Promise<boolean>
  keyOf(stationNo: number): Promise<StationKey | undefined>
  /** Locks the station's row; undefined when there is no such station. */
  transact<T>(stationNo: number, work: (tx: SessionTx) => Promise<T>): Promise<T | undefined>
  byToken(token: string, now: Instant): Promise<StationSession | undefined>
}
