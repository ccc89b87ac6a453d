import { noGrams } from '@baari/shared/units/mass'
import { refusedEnd, unexplained, voidedEnd } from './fill-closing.ts'
import {
  broken,
  confirmed,
  ending,
  endedByDevice,
  flowing,
  move,
  readTotals,
  resetEffects,
  stay,
  stopOnly,
  type EventOf,
  type StateOf,
} from './fill-moves.ts'
import type {
  EndCause,
  FillDecision,
  FillEffect,
  FillLimits,
  FillRules,
  OpenFill,
} from './fill-states.ts'
import { stepOf } from './totaliser.ts'

/** From a nozzle at rest to the device holding an authorisation: no gas of ours has moved. */
export const rulesBeforeGas: Pick<
  FillRules,
  'idle' | 'calling' | 'reserved' | 'authorising' | 'authorised'
> = {
  idle: {
    reserve: reserved,
    authorise: stay,
    acknowledged: stay,
    rejected: stay,
    unanswered: stay,
    'nozzle-lifted': (s) => stay({ ...s, kind: 'calling' }),
    'nozzle-returned': readTotals,
    flow: unexplained,
    suspended: stay,
    resumed: stay,
    ended: readTotals,
    'totals-read': unexplained,
    settle: stay,
    'link-lost': stay,
    'link-back': readTotals,
    'device-fault': outOfOrder,
    stop: stopOnly,
    cancel: stay,
    'authorise-expired': stay,
    'void-window': stay,
    trip: stopOnly,
  },
  calling: {
    reserve: reserved,
    authorise: stay,
    acknowledged: stay,
    rejected: stay,
    unanswered: stay,
    'nozzle-lifted': stay,
    'nozzle-returned': (s) => readTotals({ ...s, kind: 'idle' }),
    flow: unexplained,
    suspended: stay,
    resumed: stay,
    ended: readTotals,
    'totals-read': (s, e, limits) => stillCalling(s, unexplained(s, e, limits)),
    settle: stay,
    'link-lost': stay,
    'link-back': readTotals,
    'device-fault': outOfOrder,
    stop: stopOnly,
    cancel: stay,
    'authorise-expired': stay,
    'void-window': stay,
    trip: stopOnly,
  },
  reserved: {
    reserve: stay,
    authorise: authorising,
    acknowledged: stay,
    rejected: stay,
    unanswered: stay,
    'nozzle-lifted': stay,
    'nozzle-returned': stay,
    flow: soldByHand,
    suspended: stay,
    resumed: stay,
    ended: (s) => withdrawn(s, 'interlock'),
    'totals-read': stay,
    settle: stay,
    'link-lost': (s) => withdrawn(s, 'link'),
    'link-back': stay,
    'device-fault': (s) => withdrawn(s, 'fault'),
    stop: (s) => withdrawn(s, 'attendant'),
    cancel: (s) => withdrawn(s, 'cancelled'),
    'authorise-expired': (s) => withdrawn(s, 'expired'),
    'void-window': stay,
    trip: (s) => withdrawn(s, 'trip'),
  },
  authorising: {
    reserve: stay,
    authorise: stay,
    acknowledged: confirmed,
    rejected: (s) => ending(s.open, 'rejected'),
    unanswered: (s) => ending(s.open, 'unanswered'),
    'nozzle-lifted': stay,
    'nozzle-returned': stay,
    flow: flowing,
    suspended: held,
    resumed: stay,
    ended: (s) => endedByDevice(s.open, 'device'),
    'totals-read': stay,
    settle: stay,
    'link-lost': stay,
    'link-back': stay,
    'device-fault': (s, e) => broken(s.open, e.code),
    stop: (s) => ending(s.open, 'attendant'),
    cancel: (s) => ending(s.open, 'cancelled'),
    'authorise-expired': (s) => ending(s.open, 'expired'),
    'void-window': stay,
    trip: (s) => ending(s.open, 'trip'),
  },
  authorised: {
    reserve: stay,
    authorise: stay,
    acknowledged: stay,
    rejected: stay,
    unanswered: stay,
    'nozzle-lifted': stay,
    'nozzle-returned': (s) => ending(s.open, 'no-flow'),
    flow: flowing,
    suspended: held,
    resumed: stay,
    ended: (s) => endedByDevice(s.open, 'device'),
    'totals-read': stay,
    settle: stay,
    'link-lost': stay,
    'link-back': stay,
    'device-fault': (s, e) => broken(s.open, e.code),
    stop: (s) => ending(s.open, 'attendant'),
    cancel: (s) => ending(s.open, 'cancelled'),
    'authorise-expired': (s) => ending(s.open, 'expired'),
    'void-window': stay,
    trip: (s) => ending(s.open, 'trip'),
  },
}

function reserved(s: StateOf<'idle' | 'calling'>, e: EventOf<'reserve'>): FillDecision {
  return move(
    { kind: 'reserved', accountedGrams: s.accountedGrams, terms: e.terms },
    { kind: 'write', row: { kind: 'reserve', terms: e.terms } },
  )
}

/** A nozzle that still hangs out keeps calling after its totals were found unchanged. */
function stillCalling(s: StateOf<'calling'>, decision: FillDecision): FillDecision {
  return decision.state.kind === 'idle' && decision.effects.length === 0 ? stay(s) : decision
}

function outOfOrder(s: StateOf<'idle' | 'calling'>, e: EventOf<'device-fault'>): FillDecision {
  return move(
    { kind: 'fault', accountedGrams: s.accountedGrams, open: null, code: e.code },
    { kind: 'alarm', code: e.code },
  )
}

/**
 * The only place an authorise comes from, and only once per fill: the state is left in the same
 * decision. Gas that moved since the books were closed is an orphan before it, so that the fill
 * opens exactly at the totaliser it was authorised at.
 */
function authorising(
  s: StateOf<'reserved'>,
  e: EventOf<'authorise'>,
  limits: FillLimits,
): FillDecision {
  const { terms } = s
  const from = s.accountedGrams
  const to = e.reading.totaliserGrams
  const step = stepOf({ from, reading: e.reading, meter: limits.meter, saleGrams: null })
  if (step.kind === 'reset') {
    const refused = withdrawn({ ...s, accountedGrams: to }, 'meter-reset')
    return move(refused.state, ...refused.effects, ...resetEffects(from, to))
  }
  const gap = { openingGrams: from, latestGrams: to, deliveredGrams: step.grams }
  const between: readonly FillEffect[] =
    step.grams > 0 ? [{ kind: 'write', row: { kind: 'orphan', meter: gap, ended: true } }] : []
  const intent = { ...e.intent, openingGrams: to }
  const meter = { openingGrams: to, latestGrams: to, deliveredGrams: noGrams }
  return move(
    { kind: 'authorising', open: { terms, intent, meter, overran: false } },
    ...between,
    { kind: 'write', row: { kind: 'intent', terms, intent } },
    { kind: 'authorise', terms, intent },
  )
}

function held(s: { readonly open: OpenFill }): FillDecision {
  return stay({ kind: 'suspended', open: s.open })
}

/** Nothing was sent for a reserved fill, so it ends without asking the device. */
function withdrawn(s: StateOf<'reserved'>, cause: EndCause): FillDecision {
  const { terms, accountedGrams } = s
  const byPerson = cause === 'cancelled' || cause === 'attendant'
  const ended = byPerson ? voidedEnd(terms, cause) : refusedEnd(terms, cause)
  return move({ kind: ended.kind, terms, accountedGrams, cause }, ...ended.effects)
}

/**
 * Gas flows though nothing was sent: somebody sells by hand (D07). This fill will not start; the
 * totals read next find the gas at a nozzle without a fill.
 */
function soldByHand(s: StateOf<'reserved'>, e: EventOf<'flow'>): FillDecision {
  if (e.reading.totaliserGrams === s.accountedGrams) return stay(s)
  const refused = withdrawn(s, 'interlock')
  return move(refused.state, ...refused.effects, { kind: 'read-totals' })
}
