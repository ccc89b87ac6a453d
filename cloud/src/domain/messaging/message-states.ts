import { after, minutes, seconds, type Instant, type Millis } from '@baari/shared/units/time'

/**
 * A message on its way to a phone. `unknown`: the vendor may or may not have it, and it is not sent
 * again (integrations.md section 4). The last four are final.
 */
export type MessageState =
  'waiting' | 'sending' | 'sent' | 'delivered' | 'failed' | 'unknown' | 'expired'

export type MessageEvent =
  /** A sender took it: nobody else sends it until `sendWithin` is over. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'accepted' }
  /** The vendor said no for now; `attempts` were made so far. */
  | { readonly kind: 'refused'; readonly attempts: number }
  | { readonly kind: 'unclear' }
  /** The phone has it. */
  | { readonly kind: 'receipt' }
  /** The vendor gave it up. */
  | { readonly kind: 'undelivered' }
  /** What it tells of is over. */
  | { readonly kind: 'over' }

/** How long a taken message may stay with its sender; then what came of it is unknown. */
export const sendWithin = seconds(30)
export const attemptsMost = 4

type Move = MessageState | ((event: Extract<MessageEvent, { kind: 'refused' }>) => MessageState)

type Table = { readonly [S in MessageState]: { readonly [E in MessageEvent['kind']]: Move } }

const retried: Move = ({ attempts }) => (attempts < attemptsMost ? 'waiting' : 'failed')
/** A receipt may overtake the vendor's answer, and it is the better witness. */
const table: Table = {
  waiting: {
    taken: 'sending',
    accepted: 'waiting',
    refused: 'waiting',
    unclear: 'waiting',
    receipt: 'waiting',
    undelivered: 'waiting',
    over: 'expired',
  },
  sending: {
    taken: 'sending',
    accepted: 'sent',
    refused: retried,
    unclear: 'unknown',
    receipt: 'delivered',
    undelivered: 'failed',
    over: 'sending',
  },
  sent: {
    taken: 'sent',
    accepted: 'sent',
    refused: 'sent',
    unclear: 'sent',
    receipt: 'delivered',
    undelivered: 'failed',
    over: 'sent',
  },
  delivered: allStay('delivered'),
  failed: allStay('failed'),
  unknown: { ...allStay('unknown'), receipt: 'delivered', undelivered: 'failed' },
  expired: allStay('expired'),
}

function allStay(state: MessageState): Table[MessageState] {
  return {
    taken: state,
    accepted: state,
    refused: state,
    unclear: state,
    receipt: state,
    undelivered: state,
    over: state,
  }
}

/** The state after an event; an event that comes twice, or too late, changes nothing. */
export function nextMessageState(state: MessageState, event: MessageEvent): MessageState {
  const move = table[state][event.kind]
  if (typeof move === 'string') return move
  return event.kind === 'refused' ? move(event) : state
}

const firstPause = seconds(10)

/** When a message that was refused for now is tried again: 10, 20, 40 seconds later. */
export function triedAgainAt(now: Instant, attempts: number): Instant {
  const pause = Math.min(minutes(2), firstPause * 2 ** Math.max(0, attempts - 1))
  return after(now, pause as Millis)
}
