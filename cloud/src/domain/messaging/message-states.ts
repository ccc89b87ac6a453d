import { after, minutes, seconds, type Instant, type Millis } from '@baari/shared/units/time'

/**
 * A message on its way to a phone. `unknown`: the carrier may or may not have it; it is asked before
 * anything is sent again (integrations.md section 4). Delivered, failed and expired are final.
 */
export type MessageState =
  'waiting' | 'sending' | 'sent' | 'delivered' | 'failed' | 'unknown' | 'expired'

export type MessageEvent =
  /** A sender took it: nobody else sends it until `sendWithin` is over. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'accepted' }
  /** The carrier said no for now; `attempts` were made so far. */
  | { readonly kind: 'refused'; readonly attempts: number }
  /** The carrier will never take it: no such number, or its owner wants no messages. */
  | { readonly kind: 'hopeless' }
  | { readonly kind: 'unclear' }
  /** Asked about an unclear one, the carrier has it. */
  | { readonly kind: 'found' }
  /** Asked about an unclear one, the carrier has never seen it. */
  | { readonly kind: 'absent'; readonly attempts: number }
  /** The phone has it. */
  | { readonly kind: 'receipt' }
  /** The carrier gave it up. */
  | { readonly kind: 'undelivered' }
  /** What it tells of is over, and it is not with the carrier. */
  | { readonly kind: 'over' }

/** How long a taken message may stay with its sender; then what came of it is unknown. */
export const sendWithin = seconds(30)
export const attemptsMost = 4

type Counted = Extract<MessageEvent, { readonly attempts: number }>
type Move = MessageState | ((event: Counted) => MessageState)

type Table = { readonly [S in MessageState]: { readonly [E in MessageEvent['kind']]: Move } }

const retried: Move = ({ attempts }) => (attempts < attemptsMost ? 'waiting' : 'failed')
/** A receipt may overtake the carrier's answer, and it is the better witness. */
const table: Table = {
  waiting: { ...allStay('waiting'), taken: 'sending', over: 'expired' },
  sending: {
    taken: 'sending',
    accepted: 'sent',
    refused: retried,
    hopeless: 'failed',
    unclear: 'unknown',
    found: 'sent',
    absent: 'sending',
    receipt: 'delivered',
    undelivered: 'failed',
    over: 'expired',
  },
  sent: { ...allStay('sent'), receipt: 'delivered', undelivered: 'failed' },
  delivered: allStay('delivered'),
  failed: allStay('failed'),
  unknown: {
    ...allStay('unknown'),
    found: 'sent',
    absent: retried,
    receipt: 'delivered',
    undelivered: 'failed',
  },
  expired: allStay('expired'),
}

function allStay(state: MessageState): Table[MessageState] {
  return {
    taken: state,
    accepted: state,
    refused: state,
    hopeless: state,
    unclear: state,
    found: state,
    absent: state,
    receipt: state,
    undelivered: state,
    over: state,
  }
}

/** The state after an event; an event that comes twice, or too late, changes nothing. */
export function nextMessageState(state: MessageState, event: MessageEvent): MessageState {
  const move = table[state][event.kind]
  if (typeof move === 'string') return move
  return 'attempts' in event ? move(event) : state
}

const firstPause = seconds(10)

/** When a message that was refused for now is tried again: 10, 20, 40 seconds later. */
export function triedAgainAt(now: Instant, attempts: number): Instant {
  return doubled(now, firstPause, attempts - 1)
}

/** A carrier lists what it took a moment later; asked earlier it would deny what it has. */
const firstAsk = seconds(15)

/** When the carrier is asked about an unclear message, after so many questions without an answer. */
export function askedAt(now: Instant, asked: number): Instant {
  return doubled(now, firstAsk, asked)
}

function doubled(now: Instant, first: Millis, times: number): Instant {
  const pause = Math.min(minutes(2), first * 2 ** Math.max(0, times))
  return after(now, pause as Millis)
}
