import { subtractGrams, type Grams } from '@baari/shared/units/mass'
import { advance, extended, move, resetEffects, type EventOf } from './fill-moves.ts'
import type {
  DisputeReason,
  EndCause,
  FillDecision,
  FillEffect,
  FillLimits,
  FillTerms,
  OpenFill,
  SaleFact,
} from './fill-states.ts'
import { agree, stepOf, totalsAgree } from './totaliser.ts'

/**
 * The closing totals of a fill are here. Nothing moved: void (D09). Something moved: the device's
 * own sale must be this fill's and agree within one count, otherwise the totaliser stands and the
 * fill is a dispute. Money waits until the `complete` row is durable (`settle-next`).
 */
export function closeWithTotals(
  s: { readonly open: OpenFill; readonly cause: EndCause },
  e: EventOf<'totals-read'>,
  limits: FillLimits,
): FillDecision {
  const next = advance(s.open, { reading: e.reading, saleGrams: saleOfWhole(s.open, e) }, limits)
  if (next.kind === 'reset') return next.decision
  const { open, effects } = next
  if (!e.atRest) {
    return move({ kind: 'completing', open, cause: s.cause }, ...effects, ...stopAgain)
  }
  if (open.meter.deliveredGrams === 0) return withoutGas(open, s.cause, effects)
  const reason = disagreement(open, e.sale, limits)
  return reason === null
    ? completed({ open, cause: s.cause }, e.sale, effects)
    : disputed(open, reason, effects)
}

const stopAgain: readonly FillEffect[] = [{ kind: 'stop' }, { kind: 'await-quiet' }]

/** Explains the last step of the counter only if the sale is all of the fill. */
function saleOfWhole(open: OpenFill, e: EventOf<'totals-read'>): Grams | null {
  if (e.sale === null || !followsIntent(open, e.sale)) return null
  return subtractGrams(e.sale.grams, open.meter.deliveredGrams)
}

function completed(
  s: { readonly open: OpenFill; readonly cause: EndCause },
  sale: SaleFact | null,
  before: readonly FillEffect[],
): FillDecision {
  const { meter } = s.open
  return move(
    { kind: 'completed', ...s, flag: 'none' },
    ...before,
    {
      kind: 'write',
      row: {
        kind: 'complete',
        totaliserAfterGrams: meter.latestGrams,
        deliveredGrams: meter.deliveredGrams,
        deviceSequence: sale?.sequence ?? null,
      },
    },
    { kind: 'close' },
    { kind: 'settle-next' },
  )
}

/**
 * The fill ends as it began. Without flow it is void and the use is free again (D09); when the
 * device rejected the command nothing was tried, and the vehicle keeps its use and its call.
 */
export function withoutGas(
  open: OpenFill,
  cause: EndCause,
  before: readonly FillEffect[] = [],
): FillDecision {
  const { terms, meter } = open
  const ended = cause === 'rejected' ? refusedEnd(terms, cause) : voidedEnd(terms, cause)
  return move(
    { kind: ended.kind, terms, accountedGrams: meter.latestGrams, cause },
    ...before,
    ...ended.effects,
    { kind: 'close' },
  )
}

type End = { readonly kind: 'voided' | 'refused'; readonly effects: readonly FillEffect[] }

export function voidedEnd(terms: FillTerms, cause: EndCause): End {
  return {
    kind: 'voided',
    effects: [
      { kind: 'write', row: { kind: 'void', terms, cause } },
      ...(terms.use === null ? [] : [{ kind: 'release', terms } as const]),
      { kind: 'ticket', terms, became: 'voided' },
    ],
  }
}

export function refusedEnd(terms: FillTerms, cause: EndCause): End {
  return {
    kind: 'refused',
    effects: [
      { kind: 'write', row: { kind: 'refuse', terms, cause } },
      { kind: 'ticket', terms, became: 'returned' },
    ],
  }
}

export function disputed(
  open: OpenFill,
  reason: DisputeReason,
  before: readonly FillEffect[],
): FillDecision {
  const { terms, meter } = open
  return move(
    { kind: 'dispute', terms, meter, reason },
    ...before,
    { kind: 'write', row: { kind: 'dispute', terms, meter, reason } },
    { kind: 'close' },
    { kind: 'ticket', terms, became: 'served' },
  )
}

/** Null when device and totaliser tell the same story. */
function disagreement(
  open: OpenFill,
  sale: SaleFact | null,
  limits: FillLimits,
): DisputeReason | null {
  if (open.intent.deviceSequence === null) return null
  if (sale === null || !matches(open, sale, limits)) return 'sale-missing'
  return agree(sale.grams, open.meter.deliveredGrams, limits.meter) ? null : 'sale-differs'
}

/**
 * A sale is this fill's when its sequence follows the intent's and its opening total equals ours
 * within one count; so equal sales and wrapped sequences stay apart (D13, D15).
 */
export function matches(open: OpenFill, sale: SaleFact, limits: FillLimits): boolean {
  return (
    followsIntent(open, sale) &&
    totalsAgree(sale.openingGrams, open.meter.openingGrams, limits.meter)
  )
}

/** The next number, or the first ones again after the device's counter wrapped or it lost power. */
function followsIntent(open: OpenFill, sale: SaleFact): boolean {
  const before = open.intent.deviceSequence
  if (before === null) return false
  return sale.sequence === before + 1 || (sale.sequence <= 1 && before > sale.sequence)
}

/** Gas nobody authorised, seen at a nozzle without a fill: recorded, never sold (D07). */
export function unexplained(
  accounted: { readonly accountedGrams: Grams },
  e: EventOf<'flow'> | EventOf<'totals-read'>,
  limits: FillLimits,
): FillDecision {
  const from = accounted.accountedGrams
  const to = e.reading.totaliserGrams
  const step = stepOf({ from, reading: e.reading, meter: limits.meter, saleGrams: null })
  if (step.kind === 'reset') {
    return move({ kind: 'idle', accountedGrams: to }, ...resetEffects(from, to))
  }
  const running = e.kind === 'flow' || !e.atRest
  if (step.grams === 0) return move({ kind: 'idle', accountedGrams: from })
  const meter = { openingGrams: from, latestGrams: to, deliveredGrams: step.grams }
  const ended = !running
  return move(
    { kind: 'orphan', meter, ended },
    { kind: 'write', row: { kind: 'orphan', meter, ended } },
  )
}

/** More gas of a running orphan, or its end. */
export function orphanRead(
  s: { readonly meter: OpenFill['meter'] },
  e: EventOf<'flow'> | EventOf<'totals-read'>,
  limits: FillLimits,
): FillDecision {
  const from = s.meter.latestGrams
  const to = e.reading.totaliserGrams
  const step = stepOf({ from, reading: e.reading, meter: limits.meter, saleGrams: null })
  if (step.kind === 'reset') {
    return move(
      { kind: 'orphan', meter: s.meter, ended: true },
      { kind: 'write', row: { kind: 'orphan', meter: s.meter, ended: true } },
      ...resetEffects(from, to),
    )
  }
  const meter = extended(s.meter, to, step.grams)
  const ended = e.kind === 'totals-read' && e.atRest
  return move(
    { kind: 'orphan', meter, ended },
    { kind: 'write', row: { kind: 'orphan', meter, ended } },
    ...(ended ? [{ kind: 'close' } as const] : []),
  )
}
