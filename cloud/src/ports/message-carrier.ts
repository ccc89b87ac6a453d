import type { Instant } from '@baari/shared/units/time'
import type { Message, MessageSender } from './message-sender.ts'

/** `unknown`: the carrier did not say; it is asked again later. */
export type CarrierAnswer =
  | { readonly kind: 'found'; readonly ref: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown' }

export type CarrierAsk = Pick<Message, 'to'> & {
  /** What it may say: a message around midnight reads otherwise on the next day. */
  readonly texts: readonly string[]
  /** When the message was made: an equal text of earlier is another message. */
  readonly since: Instant
}

/**
 * Somebody who brings texts to phones. It answers within 8 s and never throws; a message handed over
 * is listed for who asks within 15 s. Receipts come later, any number of times and in any order.
 */
export type MessageCarrier = MessageSender & {
  /** Whether it has a message of which nobody knows. */
  lookUp(ask: CarrierAsk): Promise<CarrierAnswer>
}

/** What a carrier says later about a message; `held`: it is on its way. */
export type CarrierReceipt = {
  readonly ref: string
  readonly outcome: 'held' | 'delivered' | 'undelivered'
  /** Why it was not delivered. */
  readonly code: string | undefined
}

export type SignedReceipt = {
  /** As it was received, unparsed. */
  readonly body: string
  readonly signature: string
  /** Of our id of the message: the carrier signs the whole address. */
  readonly message: string
}

/** Undefined where the signature is another's or the form is not the carrier's. */
export type ReadReceipt = (signed: SignedReceipt) => CarrierReceipt | undefined
