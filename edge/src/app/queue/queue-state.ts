import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { StationSettings } from '../../ports/station-settings.ts'
import {
  recommendedConfig,
  type DispatchConfig,
} from '@baari/shared/domain/dispatch/dispatch-config'
import {
  newDispatchState,
  type DispatchState,
  type Moment,
} from '@baari/shared/domain/dispatch/dispatch-state'
import type { NozzleType, VehicleClass } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import { settingsOf } from '../station/settings-of.ts'

type Tx = Pick<LedgerTx, 'queue' | 'station'>

/**
 * The rule's state as the last command left it. Plain JSON that this file alone wrote; it is parsed
 * once as long as the text stays the same, because a screen asks ten times a second.
 */
export function loadQueue(tx: Tx): DispatchState {
  const { positions } = settingsOf(tx)
  const body = tx.queue.state()
  if (body === undefined) return newDispatchState(positions.map(openPosition))
  const last = lastParsed.get(tx.queue)
  if (last?.body === body && last.settings === positions) return last.state
  const state = withPositions(JSON.parse(body) as DispatchState, positions)
  lastParsed.set(tx.queue, { body, settings: positions, state })
  return state
}

type Positions = StationSettings['positions']
type Parsed = { readonly body: string; readonly settings: Positions; readonly state: DispatchState }

const lastParsed = new WeakMap<Tx['queue'], Parsed>()

/** The positions of the station file, each with what the rule last knew of it. */
function withPositions(state: DispatchState, positions: Positions): DispatchState {
  const known = new Map(state.positions.map((position) => [position.no, position]))
  return {
    ...state,
    positions: positions.map((one) => ({
      ...openPosition(one),
      ...known.get(one.no),
      nozzles: one.nozzles,
    })),
  }
}

export function saveQueue(tx: Tx, before: DispatchState, after: DispatchState): void {
  if (after !== before) tx.queue.saveState(JSON.stringify(after))
}

function openPosition({ no, nozzles }: StationSettings['positions'][number]) {
  return { no, nozzles, service: 'open' } as const
}

/** The recommended rule with this station's early grace as the edge of standby. */
export function ruleOf(tx: Tx): DispatchConfig {
  return { ...recommendedConfig, standbyBefore: settingsOf(tx).earlyGraceMs }
}

export function momentOf(tx: Tx, now: Instant): Moment {
  return { now, config: ruleOf(tx) }
}

/**
 * Nozzle types a vehicle can be filled from: buses take the high-flow profile, the others NGV1. A
 * station without the wanted type fills from what it has, or the vehicle would wait for ever.
 */
export function nozzlesFor(
  wanted: NozzleType,
  { positions }: StationSettings,
): readonly NozzleType[] {
  const has = positions.some(({ nozzles }) => nozzles.includes(wanted))
  return has ? [wanted] : [...new Set(positions.flatMap(({ nozzles }) => nozzles))]
}

export function usualNozzle(vehicleClass: VehicleClass): NozzleType {
  return vehicleClass === 'bus' ? 'ngv2' : 'ngv1'
}
