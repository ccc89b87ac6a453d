import { closeWithTotals, unexplained } from './fill-closing.ts'
import {
  advance,
  broken,
  confirmed,
  ending,
  endedByDevice,
  flowing,
  move,
  readTotals,
  settled,
  stay,
  stopOnly,
  type EventOf,
  type StateOf,
} from './fill-moves.ts'
import type { FillDecision, FillLimits, FillRules } from './fill-states.ts'

/** From the first gram until the sale is counted. */
export const rulesWithGas: Pick<
  FillRules,
  'filling' | 'suspended' | 'completing' | 'completed' | 'fault'
> = {
  filling: {
    reserve: stay,
    authorise: stay,
    acknowledged: confirmed,
    rejected: stay,
    unanswered: stay,
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
    'authorise-expired': stay,
    'void-window': stay,
    trip: (s) => ending(s.open, 'trip'),
  },
  suspended: {
    reserve: stay,
    authorise: stay,
    acknowledged: confirmed,
    rejected: stay,
    unanswered: stay,
    'nozzle-lifted': stay,
    'nozzle-returned': stay,
    flow: flowing,
    suspended: stay,
    resumed: (s) => stay({ kind: 'filling', open: s.open }),
    ended: (s) => endedByDevice(s.open, 'device'),
    'totals-read': stay,
    settle: stay,
    'link-lost': stay,
    'link-back': stay,
    'device-fault': (s, e) => broken(s.open, e.code),
    stop: (s) => ending(s.open, 'attendant'),
    cancel: (s) => ending(s.open, 'cancelled'),
    'authorise-expired': stay,
    'void-window': stay,
    trip: (s) => ending(s.open, 'trip'),
  },
  completing: {
    reserve: stay,
    authorise: stay,
    acknowledged: stay,
    rejected: stay,
    unanswered: stay,
    'nozzle-lifted': stay,
    'nozzle-returned': stay,
    flow: stillFlowing,
    suspended: stay,
    resumed: stay,
    ended: readTotals,
    'totals-read': closeWithTotals,
    settle: stay,
    'link-lost': stay,
    'link-back': readTotals,
    'device-fault': (s, e) => broken(s.open, e.code),
    stop: stopOnly,
    cancel: stopOnly,
    'authorise-expired': stay,
    'void-window': readTotals,
    trip: stopOnly,
  },
  completed: {
    reserve: stay,
    authorise: stay,
    acknowledged: stay,
    rejected: stay,
    unanswered: stay,
    'nozzle-lifted': stay,
    'nozzle-returned': stay,
    flow: stay,
    suspended: stay,
    resumed: stay,
    ended: stay,
    'totals-read': stay,
    settle: settled,
    'link-lost': stay,
    'link-back': (s) => move(s, { kind: 'settle-next' }),
    'device-fault': stay,
    stop: stopOnly,
    cancel: stay,
    'authorise-expired': stay,
    'void-window': stay,
    trip: stopOnly,
  },
  fault: {
    reserve: stay,
    authorise: stay,
    acknowledged: stay,
    rejected: stay,
    unanswered: stay,
    'nozzle-lifted': stay,
    'nozzle-returned': stay,
    flow: faultyFlow,
    suspended: stay,
    resumed: stay,
    ended: readTotals,
    'totals-read': readAgain,
    settle: stay,
    'link-lost': stay,
    'link-back': readTotals,
    'device-fault': stay,
    stop: stopOnly,
    cancel: stopOnly,
    'authorise-expired': stay,
    'void-window': readTotals,
    trip: stopOnly,
  },
}

function held(s: StateOf<'filling'>): FillDecision {
  return stay({ kind: 'suspended', open: s.open })
}

/** Gas after the stop or behind the preset belongs to this fill until the totals at rest are read. */
function stillFlowing(
  s: StateOf<'completing'>,
  e: EventOf<'flow'>,
  limits: FillLimits,
): FillDecision {
  const next = advance(s.open, { reading: e.reading, saleGrams: null }, limits)
  return next.kind === 'reset' ? next.decision : move({ ...s, open: next.open }, ...next.effects)
}

function faultyFlow(s: StateOf<'fault'>, e: EventOf<'flow'>, limits: FillLimits): FillDecision {
  if (s.open === null) return unexplained(s, e, limits)
  const next = advance(s.open, { reading: e.reading, saleGrams: null }, limits)
  return next.kind === 'reset'
    ? next.decision
    : move({ ...s, open: next.open }, ...next.effects, { kind: 'stop' })
}

/**
 * The device answers again: an open fill is closed by the totaliser, never continued. Totals of a
 * device that is not at rest, or out of order again, end nothing where no gas moved.
 */
function readAgain(
  s: StateOf<'fault'>,
  e: EventOf<'totals-read'>,
  limits: FillLimits,
): FillDecision {
  if (s.open !== null) return closeWithTotals({ open: s.open, cause: 'fault' }, e, limits)
  const found = unexplained(s, e, limits)
  return e.atRest || found.effects.length > 0 ? found : stay(s)
}
