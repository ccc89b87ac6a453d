import { present } from '@baari/shared/faults/assert'
import { fillId, type FillId } from '@baari/shared/units/names'
import { accountRow, runningOf, type NozzleAccount } from '../../domain/fill/fill-books.ts'
import {
  isFinal,
  type FillDecision,
  type FillEffect,
  type FillRow,
  type FillState,
} from '../../domain/fill/fill-states.ts'
import type { NozzleKey } from '../../domain/position/nozzle.ts'
import type { LastReading, Piece } from '../../ports/fills.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import { tellOf } from './fill-ops.ts'
import type { FillPlace, FillTx } from './fill-place.ts'
import type { CallMade } from '../queue/call-made.ts'
import { applyToVehicle } from './fill-vehicle.ts'

/** Effects that the control thread carries out after the commit; all others are done here. */
export type DeviceEffect = Exclude<FillEffect, { kind: 'write' | 'redeem' | 'release' | 'ticket' }>

export type Stored = {
  readonly state: FillState
  /** What the nozzle is now: the open piece, or the rest from which the next one begins. */
  readonly nozzle: FillState
  readonly effects: readonly DeviceEffect[]
  /** Vehicles that moved up because this one ended. */
  readonly calls: readonly CallMade[]
}

export type ToStore = {
  readonly decision: FillDecision
  /** The reading that the decision was made with; null when none came. */
  readonly totaliserGrams: LastReading['totaliserGrams'] | null
  readonly raw: string | null
  /** What a screen calls the vehicle; only a reserve knows it. */
  readonly label?: string
}

/**
 * Stores a decision whole: log rows, books, fill, uses, tickets and ops to the cloud share the
 * command's transaction, so that a power cut finds all of it or nothing (hardware.md section 7).
 */
export function storeDecision(
  scope: { readonly tx: FillTx; readonly context: CommandContext },
  place: FillPlace,
  toStore: ToStore,
): Stored {
  const { decision } = toStore
  const pieces = piecesOf(scope.context, place, decision)
  const account = writeRows(scope, { place, toStore, pieces })
  savePieces(scope, { place, toStore, pieces })
  saveNozzle(scope, place, { account, toStore })
  const calls = applyToVehicle(scope, decision)
  const { state } = decision
  const nozzle = isFinal(state) ? restingAfter(state, account) : state
  return { state, nozzle, effects: decision.effects.filter(isForDevice), calls }
}

type Scope = { readonly tx: FillTx; readonly context: CommandContext }

/** Ids of what is stored: the fill's own, and the running orphan's or a new orphan's. */
type Pieces = { readonly own: FillId | null; readonly orphan: FillId | null }

function piecesOf({ ids }: CommandContext, place: FillPlace, decision: FillDecision): Pieces {
  const running = place.piece?.state.kind === 'orphan' ? place.piece.id : null
  const writesOrphan = rowsOf(decision).some((row) => row.kind === 'orphan')
  return {
    own: ownerOf(decision.state) ?? ownerOf(place.state),
    orphan: running ?? (writesOrphan ? fillId(ids.uuid()) : null),
  }
}

function ownerOf(state: FillState): FillId | null {
  if ('terms' in state) return state.terms.fill
  return 'open' in state && state.open !== null ? state.open.terms.fill : null
}

type Writing = {
  readonly place: FillPlace
  readonly toStore: ToStore
  readonly pieces: Pieces
}

function writeRows({ tx, context }: Scope, { place, toStore, pieces }: Writing): NozzleAccount {
  const key = keyOf(place)
  const { at, mono } = context.now
  return rowsOf(toStore.decision).reduce((account, row) => {
    const piece = row.kind === 'orphan' ? pieces.orphan : pieces.own
    tx.fills.log({ piece, key, row, raw: toStore.raw, at, mono })
    tellOf(tx.outbox, row, { key, piece })
    return accountRow(account, row)
  }, place.record.account)
}

function rowsOf({ effects }: FillDecision): readonly FillRow[] {
  return effects.flatMap((effect) => (effect.kind === 'write' ? [effect.row] : []))
}

/** The fill's own piece is saved first: a running orphan may only follow a fill that has ended. */
function savePieces(scope: Scope, { place, toStore, pieces }: Writing): void {
  const { state } = toStore.decision
  const { own, orphan } = pieces
  const label = toStore.label ?? place.piece?.label ?? ''
  if (own !== null && ownerOf(state) === own) savePiece(scope, { place, id: own, state, label })
  const orphans = rowsOf(toStore.decision).filter((row) => row.kind === 'orphan')
  for (const row of orphans) {
    savePiece(scope, { place, id: present(orphan, 'id of an orphan'), state: row, label: '' })
  }
}

type PieceToSave = {
  readonly place: FillPlace
  readonly id: FillId
  readonly state: FillState
  readonly label: string
}

function savePiece({ tx, context }: Scope, { place, id, state, label }: PieceToSave): void {
  const { at } = context.now
  const piece: Piece = {
    id,
    key: keyOf(place),
    state,
    label,
    startedAt: place.piece?.id === id ? place.piece.startedAt : at,
    endedAt: isFinal(state) ? at : null,
  }
  tx.fills.save(piece)
}

function saveNozzle(
  { tx, context }: Scope,
  place: FillPlace,
  { account, toStore }: { readonly account: NozzleAccount; readonly toStore: ToStore },
): void {
  const { decision, totaliserGrams } = toStore
  const { at, mono } = context.now
  const reset = rowsOf(decision).some((row) => row.kind === 'meter-reset')
  // A reading that the state did not take, such as flow after the closing totals, is no witness yet.
  const end = runningOf(decision.state)?.latestGrams ?? account.accountedGrams
  const taken = totaliserGrams !== null && totaliserGrams === end
  tx.fills.saveNozzle({
    ...place.record,
    account,
    frozen: place.record.frozen || reset,
    last: taken ? { totaliserGrams, at, mono, boot: tx.fills.boot } : place.record.last,
    resting: restingAfter(decision.state, account),
  })
}

/** What the nozzle is once no piece is open: the next fill begins from this. */
function restingAfter(state: FillState, { accountedGrams }: NozzleAccount): FillState {
  if (state.kind === 'calling') return { kind: 'calling', accountedGrams }
  if (state.kind === 'fault' && state.open === null) return { ...state, accountedGrams }
  return { kind: 'idle', accountedGrams }
}

function isForDevice(effect: FillEffect): effect is DeviceEffect {
  return (
    effect.kind !== 'write' &&
    effect.kind !== 'redeem' &&
    effect.kind !== 'release' &&
    effect.kind !== 'ticket'
  )
}

function keyOf({ record }: FillPlace): NozzleKey {
  return { position: record.setup.position, nozzle: record.setup.nozzle }
}
