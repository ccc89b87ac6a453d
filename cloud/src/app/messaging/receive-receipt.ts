import { nextMessageState, type MessageEvent } from '../../domain/messaging/message-states.ts'
import type { CarrierReceipt } from '../../ports/message-carrier.ts'
import type { OutboxMessage } from '../../ports/outbox.ts'
import { apply, type OutboxDeps } from './deliver-messages.ts'

export type Receipt = CarrierReceipt & {
  /** Our id of the message. */
  readonly message: string
}

/**
 * What the carrier says came of a message. The first receipt starts the offer's three minutes, by our
 * clock and not the carrier's; one that comes again, too late, or for a message nobody knows changes
 * nothing. True when it was news.
 */
export async function receiveReceipt(deps: OutboxDeps, receipt: Receipt): Promise<boolean> {
  const message = await deps.outbox.find(receipt.message)
  if (message === undefined) return false
  const event = eventOf(receipt, message)
  if (event === undefined) return false
  if (nextMessageState(message.state, event) === message.state) return false
  const { ref, code } = receipt
  return apply(deps, message, { event, ref, code })
}

/**
 * The id of ours in a signed receipt is proof that the carrier has the message. That one copy did not
 * reach the phone says nothing where another is known to be on its way.
 */
function eventOf(
  { outcome, ref }: CarrierReceipt,
  { vendorRef }: OutboxMessage,
): MessageEvent | undefined {
  switch (outcome) {
    case 'held':
      return { kind: 'found' }
    case 'delivered':
      return { kind: 'receipt' }
    case 'undelivered':
      return vendorRef === undefined || vendorRef === ref ? { kind: 'undelivered' } : undefined
  }
}
