import { grams, noGrams, type Grams } from '@baari/shared/units/mass'
import { amountFor } from '@baari/shared/units/money'
import type { TicketId } from '@baari/shared/units/names'
import type { FillState, OpenFill } from '../fill/fill-states.ts'
import { stepOf, type MeterLimits } from '../fill/totaliser.ts'
import type { DeviceLook } from './device-look.ts'
import { totaliserShown } from './look-events.ts'
import type { PositionFacts, PositionState } from './position-facts.ts'

/** One nozzle as its control knows it now. */
export type NozzleView = {
  readonly state: FillState
  readonly look: DeviceLook
  /** Recovery is not over, or the ledger is away: nothing may begin. */
  readonly held: boolean
  readonly frozen: boolean
  readonly meter: MeterLimits
  /** Mean of the last seconds; 0 when nothing flows. */
  readonly gramsPerS: number
}

/** The position's own part: people's acts and the call. */
export type PositionMind = {
  readonly closed: boolean
  readonly called: TicketId | null
  readonly ready: boolean
  readonly fault: PositionFacts['fault']
  readonly refused: PositionFacts['refused']
  /** A usual fill, by which the end of a running one is guessed. */
  readonly usualGrams: Grams
}

const byFill: { readonly [K in FillState['kind']]?: PositionState } = {
  reserved: 'authorised',
  authorising: 'authorised',
  authorised: 'authorised',
  filling: 'filling',
  suspended: 'filling',
  orphan: 'filling',
  completing: 'finishing',
  completed: 'finishing',
  fault: 'fault',
}

/** What everybody else may know of a position: the queue, the screens, the board. */
export function positionFactsOf(
  place: Pick<PositionFacts, 'no' | 'lane' | 'nozzles'>,
  nozzles: readonly NozzleView[],
  mind: PositionMind,
): PositionFacts {
  const busy = nozzles.find(({ state }) => byFill[state.kind] !== undefined)
  const open = busy === undefined ? null : openOf(busy.state)
  const fill = busy === undefined || open === null ? null : fillView(busy, open, mind)
  return {
    ...place,
    state: stateOf(nozzles, busy, mind),
    ticket: open?.terms.ticket ?? mind.called,
    freesInMs: fill?.remainingMs ?? null,
    fill,
    frozen: nozzles.some(({ frozen }) => frozen),
    refused: mind.refused,
    fault: mind.fault,
  }
}

function stateOf(
  nozzles: readonly NozzleView[],
  busy: NozzleView | undefined,
  mind: PositionMind,
): PositionState {
  // Nothing flows any more where the totals were read: between two good readings it is no place to
  // send anybody to.
  if (busy?.state.kind === 'completed' && mind.fault !== null) return 'fault'
  if (busy !== undefined) return byFill[busy.state.kind] ?? 'fault'
  if (nozzles.every(({ look }) => look.state === null || look.quality === 'stale')) return 'offline'
  if (mind.fault !== null || nozzles.every(({ held, frozen }) => held || frozen)) return 'fault'
  if (mind.closed) return 'closed'
  if (mind.called === null) return 'free'
  return mind.ready ? 'ready' : 'called'
}

function openOf(state: FillState): OpenFill | null {
  return 'open' in state ? state.open : null
}

function fillView(view: NozzleView, open: OpenFill, mind: PositionMind): PositionFacts['fill'] {
  const { terms } = open
  const delivered = deliveredNow(view, open)
  const target = Math.min(terms.limitGrams, Math.max(mind.usualGrams, delivered))
  const flowing = view.gramsPerS > 0
  return {
    id: terms.fill,
    grams: delivered,
    limitGrams: terms.limitGrams,
    amountPaise: amountFor(delivered, terms.pricePaisePerKg),
    pricePaisePerKg: terms.pricePaisePerKg,
    remainingMs: flowing ? Math.round(((target - delivered) / view.gramsPerS) * 1000) : null,
  }
}

/** The stored grams plus what the display shows beyond the last checkpoint; for people only. */
function deliveredNow({ look, state, meter }: NozzleView, { meter: stored }: OpenFill): Grams {
  const total = totaliserShown({ look, state, meter })
  if (total === null) return stored.deliveredGrams
  const reading = { totaliserGrams: total, sinceLastMs: null }
  const step = stepOf({ from: stored.latestGrams, reading, meter, saleGrams: null })
  return grams(stored.deliveredGrams + (step.kind === 'reset' ? noGrams : step.grams))
}
