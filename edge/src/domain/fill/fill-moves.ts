import type { FaultCode } from '@baari/shared/faults/fault-codes'
import { addGrams, type Grams } from '@baari/shared/units/mass'
import { amountFor } from '@baari/shared/units/money'
import { overran } from './fill-limit.ts'
import type {
  EndCause,
  FillDecision,
  FillEffect,
  FillEvent,
  FillLimits,
  FillState,
  Metered,
  OpenFill,
} from './fill-states.ts'
import { stepOf, type MeterReading } from './totaliser.ts'

export type EventOf<K extends FillEvent['kind']> = Extract<FillEvent, { kind: K }>
export type StateOf<K extends FillState['kind']> = Extract<FillState, { kind: K }>

/** Nothing happens: an answer too. */
export function stay(state: FillState): FillDecision {
  return { state, effects: [] }
}

export function move(state: FillState, ...effects: readonly FillEffect[]): FillDecision {
  return { state, effects }
}

/** The state is right as it is; the device is told or asked something. */
export function stopOnly(state: FillState): FillDecision {
  return move(state, { kind: 'stop' })
}
export function readTotals(state: FillState): FillDecision {
  return move(state, { kind: 'read-totals' })
}

/** The log's name of where the totaliser was seen. */
function checkpoint(meter: Metered): FillEffect {
  return {
    kind: 'write',
    row: {
      kind: 'checkpoint',
      totaliserGrams: meter.latestGrams,
      deliveredGrams: meter.deliveredGrams,
    },
  }
}

/** A step of the totaliser that nothing explains freezes the nozzle until a manager looks (D02). */
export function resetEffects(lastGrams: Grams, nowGrams: Grams): readonly FillEffect[] {
  return [
    { kind: 'write', row: { kind: 'meter-reset', lastGrams, nowGrams } },
    { kind: 'alarm', code: 'meter_reset' },
  ]
}

/** Adds the gas up to `to` to a piece of the books. */
export function extended(meter: Metered, to: Grams, by: Grams): Metered {
  return { ...meter, latestGrams: to, deliveredGrams: addGrams(meter.deliveredGrams, by) }
}

export type Advance =
  | { readonly kind: 'moved'; readonly open: OpenFill; readonly effects: readonly FillEffect[] }
  | { readonly kind: 'reset'; readonly decision: FillDecision }

/**
 * Takes a totaliser reading into an open fill: the first gram redeems the use, gas above the
 * preset plus tolerance is stopped and raises the alarm once (D10), and a meter that went back
 * ends the fill as a dispute (D02).
 */
export function advance(
  open: OpenFill,
  reading: { readonly reading: MeterReading; readonly saleGrams: Grams | null },
  limits: FillLimits,
): Advance {
  const from = open.meter.latestGrams
  const step = stepOf({ from, ...reading, meter: limits.meter })
  const to = reading.reading.totaliserGrams
  if (step.kind === 'reset') return { kind: 'reset', decision: disputeByReset(open, to) }
  const meter = extended(open.meter, to, step.grams)
  const first = open.meter.deliveredGrams === 0 && meter.deliveredGrams > 0
  const over =
    !open.overran && overran(meter.deliveredGrams, open.terms.limitGrams, limits.toleranceGrams)
  return {
    kind: 'moved',
    open: { ...open, meter, overran: open.overran || over },
    effects: [
      ...(step.grams > 0 ? [checkpoint(meter)] : []),
      ...(first ? firstGram(open) : []),
      ...(over ? overrunEffects : []),
    ],
  }
}

const overrunEffects: readonly FillEffect[] = [
  { kind: 'stop' },
  { kind: 'alarm', code: 'preset_overrun' },
]

function firstGram({ terms }: OpenFill): readonly FillEffect[] {
  return [
    { kind: 'redeem', terms },
    { kind: 'ticket', terms, became: 'filling' },
  ]
}

function disputeByReset(open: OpenFill, nowGrams: Grams): FillDecision {
  const { terms, meter } = open
  return move(
    { kind: 'dispute', terms, meter, reason: 'meter-reset' },
    { kind: 'stop' },
    { kind: 'write', row: { kind: 'dispute', terms, meter, reason: 'meter-reset' } },
    ...resetEffects(meter.latestGrams, nowGrams),
    ...(meter.deliveredGrams > 0 ? [] : releaseEffects(open)),
    { kind: 'ticket', terms, became: 'interrupted' },
  )
}

function releaseEffects({ terms }: OpenFill): readonly FillEffect[] {
  return terms.use === null ? [] : [{ kind: 'release', terms }]
}

/** A state in which gas may begin or go on. */
type Flowable = StateOf<'authorising' | 'authorised' | 'filling' | 'suspended'>

/** Gas is seen to flow: whatever the fill waited for, it is filling now. */
export function flowing(s: Flowable, e: EventOf<'flow'>, limits: FillLimits): FillDecision {
  const next = advance(s.open, { reading: e.reading, saleGrams: null }, limits)
  if (next.kind === 'reset') return next.decision
  const moved = next.open.meter.deliveredGrams > s.open.meter.deliveredGrams
  return moved ? move({ kind: 'filling', open: next.open }, ...next.effects) : stay(s)
}

/** The device confirmed the command; it may have begun to deliver before its answer came. */
export function confirmed(s: Flowable): FillDecision {
  const state: FillState = s.kind === 'authorising' ? { kind: 'authorised', open: s.open } : s
  return move(state, { kind: 'write', row: { kind: 'ack', command: s.open.intent.command } })
}

/** Ends an open fill by our own decision: stop first, then wait until the totals can be trusted. */
export function ending(open: OpenFill, cause: EndCause): FillDecision {
  return move({ kind: 'completing', open, cause }, { kind: 'stop' }, { kind: 'await-quiet' })
}

/** The device ended the sale itself: its totals can be read at once. */
export function endedByDevice(open: OpenFill, cause: EndCause): FillDecision {
  return move({ kind: 'completing', open, cause }, { kind: 'read-totals' })
}

/** The device is out of order: stopped, and read again when it is back. */
export function broken(open: OpenFill, code: FaultCode): FillDecision {
  return move(
    { kind: 'fault', accountedGrams: open.meter.openingGrams, open, code },
    { kind: 'stop' },
    { kind: 'alarm', code },
  )
}

export function settled(s: StateOf<'completed'>): FillDecision {
  const { terms, meter } = s.open
  const amountPaise = amountFor(meter.deliveredGrams, terms.pricePaisePerKg)
  return move(
    { kind: 'settled', terms, meter, amountPaise, flag: s.flag },
    { kind: 'write', row: { kind: 'settle', terms, meter, amountPaise, flag: s.flag } },
    { kind: 'ticket', terms, became: interrupted(s.cause) ? 'interrupted' : 'served' },
  )
}

/** Ended by the station, not by the driver or the preset: the vehicle may go on (product.md 7.2). */
function interrupted(cause: EndCause): boolean {
  return cause === 'trip' || cause === 'fault'
}
