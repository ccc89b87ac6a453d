import type { BookingId } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { MessageState } from '../domain/messaging/message-states.ts'

/** What a draw tells; nobody's later message waits for one of these. */
export type LotKind = 'lot_won' | 'lot_lost' | 'lot_refused'
export type OutboxKind = 'standby_offer' | 'retime_offer' | 'retime_notice' | LotKind

/** What a sender needs to write the text: it reads booking and offer, and the driver's language. */
export type OutboxMessage = {
  readonly id: string
  readonly kind: OutboxKind
  /** None where a lot gave none. */
  readonly booking: BookingId | undefined
  /** Of the offer or the notice, or of the entry to a lot; one message for each. */
  readonly offer: string
  readonly state: MessageState
  /** Times it was taken. */
  readonly attempts: number
  /** The carrier's own name of it. */
  readonly vendorRef: string | undefined
  readonly createdAt: Instant
  readonly expiresAt: Instant
}

export type MessageChange = {
  readonly state: MessageState
  /** Not tried, or asked about, before; the present moment where it does neither. */
  readonly dueAt: Instant
  readonly vendorRef?: string
  /** Why it was refused or not delivered: the carrier's code. */
  readonly code?: string
}

/**
 * Messages that wait for a sender. They are written in the transaction that makes what they tell of,
 * so that neither exists without the other. Whoever sends takes a message first; two never send one.
 */
export type MessageOutbox = {
  /**
   * Due ones, oldest first, each taken for this caller: state sending, attempts one more. Of a
   * driver's messages only the eldest that is not through, so that they come in their order.
   */
  take(now: Instant, limit: number): Promise<readonly OutboxMessage[]>
  /** Unclear ones the carrier is to be asked about, each taken for this caller until its next turn. */
  takeUnclear(now: Instant, limit: number): Promise<readonly OutboxMessage[]>
  /**
   * Compare-and-swap on state; false when it has moved on. With it, in one transaction, what it means
   * for the offer: sent, its ten minutes count from here, and delivered, its three minutes; each once.
   */
  change(message: OutboxMessage, change: MessageChange, now: Instant): Promise<boolean>
  find(id: string): Promise<OutboxMessage | undefined>
  /** Sending for longer than a sender may take, and waiting past their end. */
  stale(of: {
    readonly takenBefore: Instant
    readonly now: Instant
    readonly limit: number
  }): Promise<readonly OutboxMessage[]>
}
