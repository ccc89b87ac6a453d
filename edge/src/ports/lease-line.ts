import type { LeaseAnswer, LeaseKind } from '@baari/shared/domain/lease/term'
import type { ExchangeAnswer, Session } from './cloud-line.ts'

export type LeaseInput = {
  readonly session: Session
  readonly kind: LeaseKind
  /** The request as it is stored: the same bytes until it is answered. */
  readonly body: string
  readonly signal: AbortSignal
}

/**
 * The station's side of sync.md 5.4, with the promises of the other exchanges: nothing rejects,
 * everything ends by a deadline, and after `failed` nobody knows whether the cloud acted.
 */
export type LeaseLine = {
  sendLease(input: LeaseInput): Promise<ExchangeAnswer<LeaseAnswer>>
}
