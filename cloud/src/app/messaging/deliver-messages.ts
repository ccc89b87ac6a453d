import type { Clock } from '@baari/shared/runtime/clock'
import { before } from '@baari/shared/units/time'
import {
  nextMessageState,
  sendWithin,
  triedAgainAt,
  type MessageEvent,
} from '../../domain/messaging/message-states.ts'
import type { SendOutcome } from '../../ports/message-sender.ts'
import type { MessageOutbox, OutboxMessage } from '../../ports/outbox.ts'

/** Says the message in the driver's language and sends it, within `sendWithin`; never throws. */
export type SendMessage = (message: OutboxMessage) => Promise<SendOutcome>

export type DeliverDeps = {
  readonly outbox: MessageOutbox
  readonly send: SendMessage
  readonly clock: Clock
}

const perRun = 50

/**
 * Sends what is due, each message once: whoever takes it sends it. One that nobody answered for is
 * unknown and not sent again. Any number of processes may run it. Returns how many were accepted.
 */
export async function deliverMessages(deps: DeliverDeps): Promise<number> {
  const { outbox, send, clock } = deps
  await dropStale(deps)
  let accepted = 0
  for (const message of await outbox.take(clock.now(), perRun)) {
    const outcome = await send(message)
    const ref = outcome.kind === 'sent' ? outcome.ref : undefined
    const moved = await apply(deps, message, { event: eventOf(outcome, message), ref })
    if (!moved || outcome.kind !== 'sent') continue
    await outbox.offerSent(message.offer, clock.now())
    accepted += 1
  }
  return accepted
}

async function dropStale(deps: DeliverDeps): Promise<void> {
  const now = deps.clock.now()
  const takenBefore = before(now, sendWithin)
  for (const message of await deps.outbox.stale({ takenBefore, now, limit: perRun })) {
    const kind = message.state === 'sending' ? 'unclear' : 'over'
    await apply(deps, message, { event: { kind }, ref: undefined })
  }
}

function eventOf(outcome: SendOutcome, { attempts }: OutboxMessage): MessageEvent {
  switch (outcome.kind) {
    case 'sent':
      return { kind: 'accepted' }
    case 'failed':
      return { kind: 'refused', attempts }
    case 'unknown':
      return { kind: 'unclear' }
  }
}

type Happened = { readonly event: MessageEvent; readonly ref: string | undefined }

async function apply(
  { outbox, clock }: Omit<DeliverDeps, 'send'>,
  message: OutboxMessage,
  { event, ref }: Happened,
): Promise<boolean> {
  const now = clock.now()
  const state = nextMessageState(message.state, event)
  const dueAt = state === 'waiting' ? triedAgainAt(now, message.attempts) : now
  const vendorRef = ref === undefined ? {} : { vendorRef: ref }
  return outbox.change(message, { state, dueAt, ...vendorRef }, now)
}

export type Receipt = {
  readonly vendorRef: string
  readonly delivered: boolean
}

/**
 * What the vendor says came of a message. The first receipt starts the offer's three minutes, by our
 * clock and not the vendor's; one that comes again, or for a message nobody knows, changes nothing. True when it was news.
 */
export async function receiveReceipt(
  deps: Omit<DeliverDeps, 'send'>,
  { vendorRef, delivered }: Receipt,
): Promise<boolean> {
  const message = await deps.outbox.byVendorRef(vendorRef)
  if (message === undefined) return false
  const event: MessageEvent = { kind: delivered ? 'receipt' : 'undelivered' }
  const state = nextMessageState(message.state, event)
  if (state === message.state) return false
  if (!(await apply(deps, message, { event, ref: undefined }))) return false
  if (state === 'delivered') await deps.outbox.offerDelivered(message.offer, deps.clock.now())
  return true
}
