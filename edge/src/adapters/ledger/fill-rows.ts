import type { FillRecord } from '@baari/shared/contracts/http/edge-api'
import { noGrams } from '@baari/shared/units/mass'
import { noPaise, paisePerKg } from '@baari/shared/units/money'
import type { FillTerms, FillState, Metered } from '../../domain/fill/fill-states.ts'
import type { Piece } from '../../ports/fills.ts'
import type { fill } from './schema/fill.ts'

type Row = typeof fill.$inferSelect

export function pieceOf(row: Row): Piece {
  const { id, position, nozzle, body, label, startedAt, endedAt } = row
  return { id, key: { position, nozzle }, state: body, label, startedAt, endedAt }
}

/** The state itself and, beside it, the columns that lists and totals are made of. */
export function fillRowOf({ id, key, state, label, startedAt, endedAt }: Piece): Omit<Row, 'no'> {
  const meter = meterOf(state)
  return {
    id,
    position: key.position,
    nozzle: key.nozzle,
    openMark: endedAt === null ? 1 : null,
    state: state.kind,
    body: state,
    ...termColumns(termsOf(state)),
    label,
    openingGrams: meter.openingGrams,
    latestGrams: meter.latestGrams,
    deliveredGrams: meter.deliveredGrams,
    amountPaise: state.kind === 'settled' ? state.amountPaise : noPaise,
    flag: flagOf(state),
    startedAt,
    endedAt,
  }
}

function termColumns(terms: FillTerms | null) {
  if (terms === null) return noTerms
  const { ticket, use, limitGrams, pricePaisePerKg } = terms
  return {
    ticket,
    booking: use?.booking ?? null,
    useNo: use?.useNo ?? null,
    limitGrams,
    pricePaisePerKg,
  }
}

/** An orphan was agreed with nobody. */
const noTerms = {
  ticket: null,
  booking: null,
  useNo: null,
  limitGrams: noGrams,
  pricePaisePerKg: paisePerKg(0),
} as const

export function listedFill(row: Row & { readonly collected: boolean }): FillRecord {
  return {
    id: row.id,
    position: row.position,
    ticket: row.ticket,
    label: row.label,
    state: row.state,
    grams: row.deliveredGrams,
    limitGrams: row.limitGrams,
    pricePaisePerKg: row.pricePaisePerKg,
    amountPaise: row.amountPaise,
    totaliserBeforeGrams: row.openingGrams,
    totaliserAfterGrams: row.endedAt === null ? null : row.latestGrams,
    flag: row.flag,
    collected: row.collected,
    startedAtMs: row.startedAt,
    settledAtMs: row.endedAt,
  }
}

function termsOf(state: FillState): FillTerms | null {
  if ('terms' in state) return state.terms
  return 'open' in state && state.open !== null ? state.open.terms : null
}

function meterOf(state: FillState): Metered {
  if ('meter' in state) return state.meter
  if ('open' in state && state.open !== null) return state.open.meter
  const at = 'accountedGrams' in state ? state.accountedGrams : noGrams
  return { openingGrams: at, latestGrams: at, deliveredGrams: noGrams }
}

function flagOf(state: FillState): Row['flag'] {
  if (state.kind === 'orphan' || state.kind === 'dispute') return state.kind
  return state.kind === 'settled' || state.kind === 'completed' ? state.flag : 'none'
}
