/**
 * The uplink's loop (sync.md 4.3) as a complete table: every state meets every event. It sends
 * nothing itself; effects say what the link supervisor has to do next.
 */

/** What survives a change of state. */
export type Carried = {
  /** Failures in a row; the wait before the next try grows with it. */
  readonly attempt: number
  /** Sessions refused in a row: a key that is not accepted is told to a person after three. */
  readonly refusals: number
  readonly batchOps: number
}

export const uplinkKinds = [
  'offline',
  'opening',
  'comparing',
  'sending',
  'idle',
  'recovering',
  'stalled',
  'forked',
  'fenced',
] as const
export type UplinkKind = (typeof uplinkKinds)[number]
export type UplinkState = { readonly kind: UplinkKind; readonly carried: Carried }

/** How the cloud's heads stand to ours. */
export type HeadRelation = 'equal' | 'cloud_behind' | 'cloud_ahead' | 'chain_differs'

export type UplinkEvent =
  /** The wait is over: retry, or heartbeat while idle. */
  | { readonly kind: 'timer' }
  | { readonly kind: 'link_up' }
  | { readonly kind: 'new_op' }
  | { readonly kind: 'session_opened' }
  | { readonly kind: 'compared'; readonly relation: HeadRelation }
  /** The cloud has it; `more` waits already. */
  | { readonly kind: 'acked'; readonly more: boolean }
  | { readonly kind: 'gap'; readonly expected: number }
  | { readonly kind: 'fork' }
  | { readonly kind: 'epoch_refused' }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'unauthorised' }
  | { readonly kind: 'too_large' }
  /** 429 or 503, with what Retry-After asks for. */
  | { readonly kind: 'busy'; readonly retryAfterMs: number }
  /** Any other 4xx: the cloud will not take this batch as it is. */
  | { readonly kind: 'refused' }
  /** Network error, timeout, 5xx, or an answer that is none of the contract. */
  | { readonly kind: 'failed' }
  /** Own ops were pulled and a new epoch was opened. */
  | { readonly kind: 'recovered' }
  | { readonly kind: 'operator' }

export type UplinkEffect =
  | { readonly kind: 'open-session' }
  | { readonly kind: 'compare-heads' }
  | { readonly kind: 'send'; readonly ops: number }
  /** The outbox goes back to this op of the stream that was sent last. */
  | { readonly kind: 'rewind'; readonly to: number }
  | { readonly kind: 'recover' }
  /** A wait of `floorMs` plus a share of `jitterMs` that chance decides (full jitter). */
  | { readonly kind: 'wait'; readonly floorMs: number; readonly jitterMs: number }
  | { readonly kind: 'remember-fenced'; readonly fenced: boolean }
  | { readonly kind: 'alarm'; readonly code: 'refused' | 'stalled' | 'forked' | 'fenced' }

export type UplinkStep = { readonly state: UplinkState; readonly effects: readonly UplinkEffect[] }

export const batchOpsFull = 3000
export const batchOpsFloor = 50
/** An acked batch lets the next be a tenth longer: one that is too long costs a whole deadline. */
const growth = 1.1
export const heartbeatMs = 30_000
const firstWaitMs = 1_000
const longestWaitMs = 60_000
const stalledWaitMs = 300_000
const refusalsBeforeAlarm = 3
/** Answers that send us round in a circle are taken at once this often, then with a wait. */
const circlesAtOnce = 5

export const startUplink: UplinkStep = {
  state: { kind: 'offline', carried: { attempt: 0, refusals: 0, batchOps: batchOpsFull } },
  effects: [{ kind: 'wait', floorMs: 0, jitterMs: firstWaitMs }],
}

type EventOf<K extends UplinkEvent['kind']> = Extract<UplinkEvent, { readonly kind: K }>
type Cell<K extends UplinkEvent['kind']> = (carried: Carried, event: EventOf<K>) => UplinkStep
type Row = { readonly [K in UplinkEvent['kind']]: Cell<K> }

function step(kind: UplinkKind, carried: Carried, effects: readonly UplinkEffect[]): UplinkStep {
  return { state: { kind, carried }, effects }
}

/** Nothing happens, on purpose: the event is late or says what is known. */
const stay =
  (kind: UplinkKind) =>
  (carried: Carried): UplinkStep =>
    step(kind, carried, [])

/** Full jitter: the wait is anywhere between nothing and a bound that doubles to a minute. */
const giveUp = (carried: Carried): UplinkStep => {
  const jitterMs = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(carried.attempt, 6))
  const next = { ...carried, attempt: carried.attempt + 1 }
  return step('offline', next, [{ kind: 'wait', floorMs: 0, jitterMs }])
}
const open = (carried: Carried): UplinkStep => step('opening', carried, [{ kind: 'open-session' }])
const send = (carried: Carried): UplinkStep =>
  step('sending', carried, [{ kind: 'send', ops: carried.batchOps }])
const recover = (carried: Carried): UplinkStep => step('recovering', carried, [{ kind: 'recover' }])
const fork = (carried: Carried): UplinkStep =>
  step('forked', carried, [{ kind: 'alarm', code: 'forked' }])
const fence = (carried: Carried): UplinkStep =>
  step('fenced', carried, [
    { kind: 'remember-fenced', fenced: true },
    { kind: 'alarm', code: 'fenced' },
  ])
const stall = (carried: Carried): UplinkStep =>
  step('stalled', carried, [
    { kind: 'alarm', code: 'stalled' },
    { kind: 'wait', floorMs: stalledWaitMs, jitterMs: 0 },
  ])

/** The bound on the server's word keeps a broken Retry-After from silencing a station. */
const comeLater = (carried: Carried, { retryAfterMs }: EventOf<'busy'>): UplinkStep => {
  const floorMs = Math.min(Math.max(retryAfterMs, 0), 10 * longestWaitMs)
  const next = { ...carried, attempt: carried.attempt + 1 }
  return step('offline', next, [{ kind: 'wait', floorMs, jitterMs: longestWaitMs / 4 }])
}

const refuseSession = (carried: Carried): UplinkStep => {
  const refusals = carried.refusals + 1
  const { state, effects } = giveUp({ ...carried, refusals })
  if (refusals < refusalsBeforeAlarm) return { state, effects }
  return { state, effects: [{ kind: 'alarm', code: 'refused' }, ...effects] }
}

const goOn = (carried: Carried, { more }: EventOf<'acked'>): UplinkStep => {
  const batchOps = Math.min(batchOpsFull, Math.ceil(carried.batchOps * growth))
  const calm = { attempt: 0, refusals: 0, batchOps }
  return more
    ? send(calm)
    : step('idle', calm, [{ kind: 'wait', floorMs: heartbeatMs, jitterMs: 0 }])
}

const compared = (carried: Carried, { relation }: EventOf<'compared'>): UplinkStep => {
  switch (relation) {
    case 'equal':
    case 'cloud_behind':
      return send({ ...carried, refusals: 0 })
    case 'cloud_ahead':
      return recover(carried)
    case 'chain_differs':
      return fork(carried)
  }
}

const halved = (carried: Carried): Carried => ({
  ...carried,
  batchOps: Math.max(batchOpsFloor, carried.batchOps >> 1),
})

const halve = (carried: Carried): UplinkStep =>
  // A batch at the floor that is still too large cannot be made to fit by halving.
  carried.batchOps <= batchOpsFloor ? stall(carried) : send(halved(carried))

/** A line that does not carry a batch before the deadline may carry a shorter one. */
const sendLessLater = (carried: Carried): UplinkStep => giveUp(halved(carried))

/** Only an applied batch ends the circle; a peer that keeps answering so gets its waits. */
function round(carried: Carried, goOn: (next: Carried) => UplinkStep): UplinkStep {
  if (carried.attempt >= circlesAtOnce) return giveUp(carried)
  return goOn({ ...carried, attempt: carried.attempt + 1 })
}

const sendFrom = (carried: Carried, { expected }: EventOf<'gap'>): UplinkStep =>
  round(carried, (next) =>
    step('sending', next, [
      { kind: 'rewind', to: expected },
      { kind: 'send', ops: next.batchOps },
    ]),
  )

const compare = (carried: Carried): UplinkStep =>
  step('comparing', carried, [{ kind: 'compare-heads' }])
const compareAgain = (carried: Carried): UplinkStep => round(carried, compare)
const openAgain = (carried: Carried): UplinkStep => round(carried, open)

/**
 * A new op opens a link that nobody has tried yet. During a wait it does not: in an outage every
 * fill would be a try, and neither back-off nor Retry-After would hold.
 */
const openAtFirst = (carried: Carried): UplinkStep =>
  carried.attempt === 0 ? open(carried) : step('offline', carried, [])

/** Only a person opens these again: two clones would take turns, a fork would be papered over. */
const openByPerson = (carried: Carried): UplinkStep => {
  const { state, effects } = open({ ...carried, attempt: 0, refusals: 0 })
  return { state, effects: [{ kind: 'remember-fenced', fenced: false }, ...effects] }
}

/**
 * States × events, every cell written out: a shared default would swallow a forgotten one. Delete a
 * cell and the build names the event.
 */
const rules: { readonly [S in UplinkKind]: Row } = {
  offline: {
    timer: open,
    link_up: open,
    new_op: openAtFirst,
    session_opened: stay('offline'),
    compared: stay('offline'),
    acked: stay('offline'),
    gap: stay('offline'),
    fork: stay('offline'),
    epoch_refused: stay('offline'),
    fenced: stay('offline'),
    unauthorised: stay('offline'),
    too_large: stay('offline'),
    busy: stay('offline'),
    refused: stay('offline'),
    failed: stay('offline'),
    recovered: stay('offline'),
    operator: open,
  },
  opening: {
    timer: stay('opening'),
    link_up: stay('opening'),
    new_op: stay('opening'),
    session_opened: compare,
    compared: stay('opening'),
    acked: stay('opening'),
    gap: giveUp,
    fork: giveUp,
    epoch_refused: recover,
    fenced: fence,
    unauthorised: refuseSession,
    too_large: giveUp,
    busy: comeLater,
    refused: refuseSession,
    failed: giveUp,
    recovered: stay('opening'),
    operator: stay('opening'),
  },
  comparing: {
    timer: stay('comparing'),
    link_up: stay('comparing'),
    new_op: stay('comparing'),
    session_opened: stay('comparing'),
    compared,
    acked: stay('comparing'),
    gap: giveUp,
    fork: giveUp,
    epoch_refused: recover,
    fenced: fence,
    unauthorised: openAgain,
    too_large: giveUp,
    busy: comeLater,
    refused: stall,
    failed: giveUp,
    recovered: stay('comparing'),
    operator: stay('comparing'),
  },
  sending: {
    timer: stay('sending'),
    link_up: stay('sending'),
    new_op: stay('sending'),
    session_opened: stay('sending'),
    compared: stay('sending'),
    acked: goOn,
    gap: sendFrom,
    fork,
    epoch_refused: compareAgain,
    fenced: fence,
    unauthorised: openAgain,
    too_large: halve,
    busy: comeLater,
    refused: stall,
    failed: sendLessLater,
    recovered: stay('sending'),
    operator: stay('sending'),
  },
  idle: {
    timer: send,
    link_up: send,
    new_op: send,
    session_opened: stay('idle'),
    compared: stay('idle'),
    acked: stay('idle'),
    gap: stay('idle'),
    fork: stay('idle'),
    epoch_refused: stay('idle'),
    fenced: stay('idle'),
    unauthorised: stay('idle'),
    too_large: stay('idle'),
    busy: stay('idle'),
    refused: stay('idle'),
    failed: stay('idle'),
    recovered: stay('idle'),
    operator: send,
  },
  recovering: {
    timer: stay('recovering'),
    link_up: stay('recovering'),
    new_op: stay('recovering'),
    session_opened: stay('recovering'),
    compared: stay('recovering'),
    acked: stay('recovering'),
    gap: giveUp,
    fork,
    epoch_refused: openAgain,
    fenced: fence,
    unauthorised: openAgain,
    too_large: giveUp,
    busy: comeLater,
    refused: stall,
    failed: giveUp,
    recovered: open,
    operator: stay('recovering'),
  },
  stalled: {
    timer: open,
    link_up: stay('stalled'),
    new_op: stay('stalled'),
    session_opened: stay('stalled'),
    compared: stay('stalled'),
    acked: stay('stalled'),
    gap: stay('stalled'),
    fork: stay('stalled'),
    epoch_refused: stay('stalled'),
    fenced: stay('stalled'),
    unauthorised: stay('stalled'),
    too_large: stay('stalled'),
    busy: stay('stalled'),
    refused: stay('stalled'),
    failed: stay('stalled'),
    recovered: stay('stalled'),
    operator: open,
  },
  forked: {
    timer: stay('forked'),
    link_up: stay('forked'),
    new_op: stay('forked'),
    session_opened: stay('forked'),
    compared: stay('forked'),
    acked: stay('forked'),
    gap: stay('forked'),
    fork: stay('forked'),
    epoch_refused: stay('forked'),
    fenced: stay('forked'),
    unauthorised: stay('forked'),
    too_large: stay('forked'),
    busy: stay('forked'),
    refused: stay('forked'),
    failed: stay('forked'),
    recovered: stay('forked'),
    operator: openByPerson,
  },
  fenced: {
    timer: stay('fenced'),
    link_up: stay('fenced'),
    new_op: stay('fenced'),
    session_opened: stay('fenced'),
    compared: stay('fenced'),
    acked: stay('fenced'),
    gap: stay('fenced'),
    fork: stay('fenced'),
    epoch_refused: stay('fenced'),
    fenced: stay('fenced'),
    unauthorised: stay('fenced'),
    too_large: stay('fenced'),
    busy: stay('fenced'),
    refused: stay('fenced'),
    failed: stay('fenced'),
    recovered: stay('fenced'),
    operator: openByPerson,
  },
}

export function decideUplink(state: UplinkState, event: UplinkEvent): UplinkStep {
  const cell = rules[state.kind][event.kind] as (carried: Carried, event: UplinkEvent) => UplinkStep
  return cell(state.carried, event)
}
