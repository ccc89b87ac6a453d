import type { Clock } from '@baari/shared/runtime/clock'
import { before } from '@baari/shared/units/time'
import {
  askedAt,
  nextMessageState,
  sendWithin,
  triedAgainAt,
  type MessageEvent,
} from '../../domain/messaging/message-states.ts'
import type { CarrierAnswer } from '../../ports/message-carrier.ts'
import type { SendOutcome } from '../../ports/message-sender.ts'
import type { MessageOutbox, OutboxMessage } from '../../ports/outbox.ts'

/** `over`: what the message tells of is over, and nothing was handed to anybody. */
export type SendResult = SendOutcome | { readonly kind: 'over' }

/** Says the message in the driver's language and sends it, within `sendWithin`; never throws. */
export type SendMessage = (message: OutboxMessage) => Promise<SendResult>

/** Asks the carrier about a message nobody knows of, within `sendWithin`; never throws. */
export type AskCarrier = (message: OutboxMessage) => Promise<CarrierAnswer>

export type OutboxDeps = {
  readonly outbox: MessageOutbox
  readonly clock: Clock
  /** What happened to a message, for who counts. */
  readonly told?: (event: MessageEvent['kind']) => void
}

export type DeliverDeps = OutboxDeps & {
  readonly send: SendMessage
  readonly ask: AskCarrier
}

/** So many are with the carrier at once; a turn ends after so many rounds, the rest waits. */
const atOnce = 8
const roundsPerRun = 25

/**
 * Sends what is due, each message once: whoever takes it sends it. One that nobody answered for is
 * unknown; the carrier is asked before it is sent again. Any number of processes may run it. Returns
 * how many were accepted.
 */
export async function deliverMessages(deps: DeliverDeps): Promise<number> {
  await endStale(deps)
  await askUnclear(deps)
  let accepted = 0
  for (let round = 0; round < roundsPerRun; round += 1) {
    const taken = await deps.outbox.take(deps.clock.now(), atOnce)
    if (taken.length === 0) break
    const done = await Promise.all(taken.map((message) => sendOne(deps, message)))
    accepted += done.filter(Boolean).length
  }
  return accepted
}

const stalePerRun = 50

/** Ends what no sender came back with and what nobody sent in time; all there is without a carrier. */
export async function endStale(deps: OutboxDeps): Promise<void> {
  const now = deps.clock.now()
  const takenBefore = before(now, sendWithin)
  for (const message of await deps.outbox.stale({ takenBefore, now, limit: stalePerRun })) {
    const kind = message.state === 'sending' ? 'unclear' : 'over'
    await apply(deps, message, { event: { kind } })
  }
}

async function askUnclear(deps: DeliverDeps): Promise<void> {
  const unclear = await deps.outbox.takeUnclear(deps.clock.now(), atOnce)
  await Promise.all(
    unclear.map(async (message) => {
      const answer = await deps.ask(message)
      // Not answered: it was put off when it was taken.
      if (answer.kind === 'unknown') return
      const absent = { kind: 'absent', attempts: message.attempts } as const
      const event = answer.kind === 'found' ? { kind: 'found' as const } : absent
      const ref = answer.kind === 'found' ? answer.ref : undefined
      await apply(deps, message, { event, ref })
    }),
  )
}

async function sendOne(deps: DeliverDeps, message: OutboxMessage): Promise<boolean> {
  const result = await deps.send(message)
  const sent = result.kind === 'sent'
  // A receipt that was quicker than this answer has moved it on already.
  await apply(deps, message, {
    event: eventOf(result, message),
    ref: sent ? result.ref : undefined,
    code: result.kind === 'failed' ? result.code : undefined,
  })
  return sent
}

function eventOf(result: SendResult, { attempts }: OutboxMessage): MessageEvent {
  switch (result.kind) {
    case 'sent':
      return { kind: 'accepted' }
    case 'failed':
      return result.lasting ? { kind: 'hopeless' } : { kind: 'refused', attempts }
    case 'unknown':
      return { kind: 'unclear' }
    case 'over':
      return { kind: 'over' }
  }
}

type Happened = {
  readonly event: MessageEvent
  readonly ref?: string | undefined
  readonly code?: string | undefined
}

/** False when somebody else has moved it on, or there is nothing to move. */
export async function apply(
  { outbox, clock, told }: OutboxDeps,
  message: OutboxMessage,
  { event, ref, code }: Happened,
): Promise<boolean> {
  const now = clock.now()
  const state = nextMessageState(message.state, event)
  const dueAt =
    state === 'waiting'
      ? triedAgainAt(now, message.attempts)
      : state === 'unknown'
        ? askedAt(now, 0)
        : now
  const change = { state, dueAt, ...(ref && { vendorRef: ref }), ...(code && { code }) }
  const moved = await outbox.change(message, change, now)
  if (moved) told?.(event.kind)
  return moved
}
