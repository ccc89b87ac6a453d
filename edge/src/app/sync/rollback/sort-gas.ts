import { present } from '@baari/shared/faults/assert'
import { addGrams } from '@baari/shared/units/mass'
import { fillId, type FillId, type PositionNo } from '@baari/shared/units/names'
import { accountRow } from '../../../domain/fill/fill-books.ts'
import type { BookKind, FillRow, FillState, Metered } from '../../../domain/fill/fill-states.ts'
import { nothingAt, restOf } from '../../../domain/sync/rollback-mass.ts'
import type { NozzleRecord, Piece } from '../../../ports/fills.ts'
import type { CommandContext } from '../../../ports/ledger.ts'
import type { LedgerTx } from '../../../ports/ledger-tx.ts'
import type { Cover, Unended } from '../../../ports/rollback.ts'
import type { FetchedFacts } from './fetched-facts.ts'

type Scope = { readonly tx: LedgerTx; readonly context: CommandContext }

/** Gas of one nozzle that this file counted while it had forgotten whose it was. */
type Covered = Cover & { readonly orphans: readonly Piece[] }

export type SortedGas = { readonly covers: readonly Cover[]; readonly unended: readonly Unended[] }

/**
 * Sorts the gas that moved while the file lacked its later ops. What the fetched pieces explain is
 * left to them; the rest is the gas of a fill that had begun, or nobody's. Both are told to the
 * cloud here, in the epoch that follows.
 */
export function sortGas(
  scope: Scope,
  covering: readonly FillId[],
  fetched: FetchedFacts,
): SortedGas {
  const covers = coversOf(scope, covering)
  const rests = covers.map((cover) => restAt(scope, cover, fetched))
  const unended = fetched.open.map((open): Unended => {
    const own = rests.find(
      ({ key, rest }) =>
        key.position === open.position && rest.openingGrams === open.totaliserBeforeGrams,
    )
    const gas = own !== undefined && own.rest.deliveredGrams > 0 ? own.rest : null
    return { fill: open.fill, position: open.position, meter: gas }
  })
  const taken = new Set(unended.map(({ meter }) => meter))
  for (const cover of rests) tellOrphan(scope, cover, taken.has(cover.rest) ? null : cover.rest)
  for (const fill of unended) tellEnd(scope, fill)
  return { covers: covers.map(({ key, meter }) => ({ key, meter })), unended }
}

/** One cover per run of pieces that touch, so that a fetched piece may lie across two of them. */
function coversOf(scope: Scope, covering: readonly FillId[]): readonly Covered[] {
  const covers: Covered[] = []
  for (const id of covering) {
    const piece = scope.tx.fills.byId(id)
    if (piece === undefined || !('meter' in piece.state)) continue
    const { key } = piece
    const { meter } = piece.state
    if (piece.state.kind !== 'orphan') asOrphan(scope, piece, piece.state)
    const orphans = piece.state.kind === 'orphan' ? [piece] : []
    const at = covers.findIndex(
      (one) => sameNozzle(one.key, key) && one.meter.latestGrams === meter.openingGrams,
    )
    const before = covers[at]
    if (before === undefined) covers.push({ key, meter, orphans })
    else
      covers[at] = {
        key,
        meter: joined(before.meter, meter),
        orphans: [...before.orphans, ...orphans],
      }
  }
  return covers
}

function joined(first: Metered, then: Metered): Metered {
  return {
    openingGrams: first.openingGrams,
    latestGrams: then.latestGrams,
    deliveredGrams: addGrams(first.deliveredGrams, then.deliveredGrams),
  }
}

/** This file ended a fill that had ended otherwise: its gas is nobody's until its end is back. */
function asOrphan(
  { tx, context }: Scope,
  piece: Piece,
  state: FillState & { meter: Metered },
): void {
  const from: BookKind = state.kind === 'settled' ? 'settled' : 'disputed'
  const { deliveredGrams: grams } = state.meter
  book({ tx, context }, piece.key, { kind: 'moved', from, to: 'orphan', grams })
}

type Rest = Covered & { readonly rest: Metered }

function restAt({ tx }: Scope, cover: Covered, { pieces }: FetchedFacts): Rest {
  const { setup } = nozzleAt(tx, cover.key)
  const here = pieces.filter(({ position }) => position === cover.key.position)
  const meters = here.map(({ meter }) => meter)
  return { ...cover, rest: restOf(cover.meter, meters, setup.meter) }
}

/** Keeps what is nobody's in the last orphan of the cover, and tells the cloud of it. */
function tellOrphan({ tx, context }: Scope, cover: Rest, rest: Metered | null): void {
  for (const orphan of cover.orphans) {
    const meter = nothingAt(cover.meter.latestGrams)
    tx.fills.save({ ...orphan, state: { kind: 'orphan', meter, ended: true } })
  }
  if (rest === null || rest.deliveredGrams === 0) return
  const { at } = context.now
  const id = cover.orphans.at(-1)?.id ?? fillId(context.ids.uuid())
  const known = tx.fills.byId(id)
  const piece = known ?? { id, key: cover.key, label: '', startedAt: at, endedAt: at }
  tx.fills.save({ ...piece, state: { kind: 'orphan', meter: rest, ended: true } })
  tx.outbox.append({
    kind: 'fill.orphan',
    entity: { type: 'fill', uuid: id },
    body: { position: cover.key.position, ...span(rest) },
  })
}

/** A fill that had begun ends as far as the totaliser proves it; no sale is made of it here. */
function tellEnd({ tx }: Scope, { fill, position, meter }: Unended): void {
  const entity = { type: 'fill', uuid: fill } as const
  if (meter === null) {
    tx.outbox.append({ kind: 'fill.voided', entity, body: { position, reason: 'expired' } })
    return
  }
  const body = { position, ...span(meter), reason: 'sale-missing' }
  tx.outbox.append({ kind: 'fill.disputed', entity, body })
}

/** Adds a row to a nozzle's books; the log keeps it beside the rows before. */
export function book({ tx, context }: Scope, key: Cover['key'], row: FillRow): void {
  const record = nozzleAt(tx, key)
  const { at, mono } = context.now
  tx.fills.log({ piece: null, key, row, raw: null, at, mono })
  tx.fills.saveNozzle({ ...record, account: accountRow(record.account, row) })
}

/** The nozzle of a key, which was installed. */
export function nozzleAt(tx: Pick<LedgerTx, 'fills'>, key: Cover['key']): NozzleRecord {
  return present(tx.fills.nozzle(key), 'an installed nozzle')
}

export function sameNozzle(a: Cover['key'], b: Cover['key']): boolean {
  return a.position === b.position && a.nozzle === b.nozzle
}

/** Nozzles at a position: an op names the position alone. */
export function nozzlesAt(
  tx: Pick<LedgerTx, 'fills'>,
  position: PositionNo,
): readonly NozzleRecord[] {
  return tx.fills.nozzles().filter(({ setup }) => setup.position === position)
}

function span({ openingGrams, latestGrams, deliveredGrams }: Metered) {
  return {
    grams: deliveredGrams,
    totaliserBeforeGrams: openingGrams,
    totaliserAfterGrams: latestGrams,
  }
}
