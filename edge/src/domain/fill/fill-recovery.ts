import { subtractGrams, type Grams } from '@baari/shared/units/mass'
import { advance, resetEffects, settled } from './fill-moves.ts'
import { matches, withoutGas } from './fill-closing.ts'
import type {
  EndCause,
  FillDecision,
  FillLimits,
  FillState,
  Metered,
  OpenFill,
  SettleFlag,
} from './fill-states.ts'
import type { DeviceFacts } from './device-facts.ts'
import {
  closeRecovered,
  isOwnRunning,
  orphanWritten,
  pieceUntil,
  splitAtRunning,
} from './recovered-fill.ts'
import { stepOf } from './totaliser.ts'

/** What the fill log says last of a nozzle. `none` stands for settled, voided and disputed too. */
export type LastRow =
  | { readonly kind: 'none'; readonly accountedGrams: Grams }
  | { readonly kind: 'open'; readonly open: OpenFill }
  | {
      readonly kind: 'complete'
      readonly open: OpenFill
      readonly cause: EndCause
      readonly flag: SettleFlag
    }

export type RecoveryFacts = {
  readonly last: LastRow
  readonly device: DeviceFacts
  /** Drain and the intent's expiry are over and the device was read again since. */
  readonly waitedOut: boolean
  /** The device may be told to stop; in poll mode it may only be watched. */
  readonly mayControl: boolean
}

/**
 * `again`: the outcome is stored, match once more. `hold`: nothing may be decided, the position
 * stays closed, read later. `done`: the nozzle may be used, or its open piece goes on.
 */
export type Recovery = {
  readonly row: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10
  readonly next: 'again' | 'hold' | 'done'
  /** The device is told to forget an authorisation; nothing else is ever sent before `done`. */
  readonly stop?: boolean
  /** What is stored; null when nothing is. */
  readonly decision: FillDecision | null
}

/** What the stored state of a nozzle says to the table; `accountedGrams` comes from its books. */
export function lastRowOf(state: FillState, accountedGrams: Grams): LastRow {
  if (state.kind === 'completed') return { ...state, kind: 'complete' }
  if ('open' in state && state.open !== null) return { kind: 'open', open: state.open }
  return { kind: 'none', accountedGrams }
}

/** Decides one nozzle after a restart: the first matching row of the table applies. */
export function recoverNozzle(facts: RecoveryFacts, limits: FillLimits): Recovery {
  const { last, device } = facts
  if (last.kind === 'complete') {
    return { row: 1, next: 'again', decision: settled({ ...last, kind: 'completed' }) }
  }
  if (device.rest === 'unreadable') return { row: 2, next: 'hold', decision: null }
  const moved = movement(last, device, limits)
  if (moved.kind === 'reset') return { row: 3, next: 'done', decision: moved.decision }
  if (device.rest === 'authorised') return cancelAtDevice(facts)
  return last.kind === 'none'
    ? withoutFill(last, device, moved.grams)
    : withOpenFill(last.open, facts, limits)
}

type Movement =
  | { readonly kind: 'moved'; readonly grams: Grams }
  | { readonly kind: 'reset'; readonly decision: FillDecision }

/** Row 3 is found here: a step back that neither time nor the sale log explains (D02). */
function movement(
  last: Exclude<LastRow, { kind: 'complete' }>,
  device: DeviceFacts,
  limits: FillLimits,
): Movement {
  if (last.kind === 'open') return movementOfOpen(last.open, device, limits)
  const from = last.accountedGrams
  const to = device.reading.totaliserGrams
  const saleGrams = device.sale?.grams ?? null
  const step = stepOf({ from, reading: device.reading, meter: limits.meter, saleGrams })
  if (step.kind !== 'reset') return { kind: 'moved', grams: step.grams }
  return {
    kind: 'reset',
    decision: { state: { kind: 'idle', accountedGrams: to }, effects: resetEffects(from, to) },
  }
}

function movementOfOpen(open: OpenFill, device: DeviceFacts, limits: FillLimits): Movement {
  const next = advance(
    open,
    { reading: device.reading, saleGrams: restOfSale(open, device, limits) },
    limits,
  )
  if (next.kind === 'reset') return next
  return { kind: 'moved', grams: next.open.meter.deliveredGrams }
}

/** What the device's own sale adds to the checkpoints, when it is this fill's sale. */
function restOfSale(open: OpenFill, { sale }: DeviceFacts, limits: FillLimits): Grams | null {
  if (sale === null || !matches(open, sale, limits)) return null
  return subtractGrams(sale.grams, open.meter.deliveredGrams)
}

/** Row 4: an authorisation that outlived its node is taken back, never renewed (D03). */
function cancelAtDevice({ mayControl }: RecoveryFacts): Recovery {
  return { row: 4, next: 'hold', stop: mayControl, decision: null }
}

/** Rows 5, 6 and 7: gas at a nozzle without a fill is an orphan (D07). */
function withoutFill(
  last: Extract<LastRow, { kind: 'none' }>,
  device: DeviceFacts,
  moved: Grams,
): Recovery {
  const meter: Metered = {
    openingGrams: last.accountedGrams,
    latestGrams: device.reading.totaliserGrams,
    deliveredGrams: moved,
  }
  if (device.rest !== 'at-rest') {
    return {
      row: 5,
      next: 'done',
      decision: { state: orphan(meter, false), effects: [orphanWritten(meter, false)] },
    }
  }
  if (moved === 0) return { row: 6, next: 'done', decision: null }
  return {
    row: 7,
    next: 'done',
    decision: { state: orphan(meter, true), effects: [orphanWritten(meter, true)] },
  }
}

function orphan(meter: Metered, ended: boolean): FillState {
  return { kind: 'orphan', meter, ended }
}

function withOpenFill(open: OpenFill, facts: RecoveryFacts, limits: FillLimits): Recovery {
  const { device } = facts
  if (device.rest === 'running' || device.rest === 'suspended') {
    return runningSale(open, device, limits)
  }
  const whole = pieceUntil(open, device.reading.totaliserGrams, limits)
  if (whole.deliveredGrams > 0) {
    return { row: 10, next: 'done', decision: closeRecovered({ open, whole }, device, limits) }
  }
  if (!facts.waitedOut) return { row: 9, next: 'hold', decision: null }
  return { row: 9, next: 'done', decision: withoutGas(open, 'expired') }
}

/** Row 8: the running sale is this fill's and goes on (D04), or it is somebody else's. */
function runningSale(open: OpenFill, device: DeviceFacts, limits: FillLimits): Recovery {
  if (isOwnRunning(open, device, limits)) {
    const next = advance(open, { reading: device.reading, saleGrams: null }, limits)
    if (next.kind === 'reset') return { row: 3, next: 'done', decision: next.decision }
    const kind = device.rest === 'suspended' ? 'suspended' : 'filling'
    return {
      row: 8,
      next: 'done',
      decision: { state: { kind, open: next.open }, effects: next.effects },
    }
  }
  const { whole, rest } = splitAtRunning(open, device, limits)
  const fill =
    whole.deliveredGrams === 0
      ? withoutGas(open, 'no-flow')
      : closeRecovered({ open, whole }, device, limits)
  const effects = [...fill.effects.filter((e) => e.kind !== 'close'), orphanWritten(rest, false)]
  return { row: 8, next: 'again', decision: { state: fill.state, effects } }
}
