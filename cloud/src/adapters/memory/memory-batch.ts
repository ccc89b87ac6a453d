import type { BookingState } from '@baari/shared/domain/booking/booking-state'
import { foldUses, type UseRow } from '../../domain/sync/fold-uses.ts'
import { useKey } from '../../domain/sync/known.ts'
import type { OpEffect, RecordEffect } from '../../domain/sync/op-effects.ts'
import {
  DataRefused,
  type BatchWrite,
  type Rewrite,
  type StoredOp,
  type StreamKey,
} from '../../ports/station-streams.ts'
import { saveKioskSale } from './memory-kiosk-sale.ts'
import { pathOf, type BookingRecord, type FactRow, type MemoryTables } from './memory-database.ts'

type Place = { readonly tables: MemoryTables; readonly key: StreamKey; readonly recvAtMs: number }

/** Writes ops, effects and head; the caller commits. */
export function memoryBatch(tables: MemoryTables, key: StreamKey, batch: BatchWrite): void {
  const { ops, recvAtMs } = batch
  const place = { tables, key, recvAtMs }
  for (const op of ops) saveOp(place, op, null)
  saveEffects(place, batch)
  const last = ops.at(-1)
  if (last !== undefined) tables.head.put(pathOf(key), { seq: last.seq, chain: last.hash })
}

/** Gives deferred ops the verdicts of a newer reader, with everything that follows. */
export function memoryRewrite(tables: MemoryTables, key: StreamKey, rewrite: Rewrite): void {
  const { ops, recvAtMs, reader } = rewrite
  const place = { tables, key, recvAtMs }
  for (const { seq, kind, entityRef, eventAtMs, outcome } of ops) {
    const stored = tables.op.get(`${pathOf(key)}/${seq}`)
    if (stored === undefined) continue
    const at = eventAtMs ?? stored.eventAtMs
    saveOp(place, { ...stored, kind, entityRef, eventAtMs: at, outcome }, reader)
    const { verdict } = outcome
    const solved = verdict === 'applied' || verdict === 'flagged'
    if (solved) tables.deadLetter.remove(`${key.stationNo}/${opRef(key, seq)}`)
  }
  saveEffects(place, rewrite)
}

type WithEffects = Pick<BatchWrite, 'known' | 'touched'> & {
  readonly ops: readonly Pick<StoredOp, 'outcome'>[]
}

function saveEffects(place: Place, batch: WithEffects): void {
  const effects = batch.ops.flatMap(({ outcome }) => outcome.effects)
  for (const effect of effects) saveEffect(place, effect)
  for (const use of foldUses(effects)) saveUse(place, use)
  moveBookings(place.tables, batch)
}

function saveOp({ tables, key, recvAtMs }: Place, op: StoredOp, tried: string | null): void {
  const { seq, outcome } = op
  const { stationNo, epoch, stream } = key
  const path = `${pathOf(key)}/${seq}`
  tables.op.put(path, op)
  const { verdict, code } = outcome
  if (verdict === 'deferred') tables.deferred.put(path, { key, seq, tried })
  else tables.deferred.remove(path)
  if (verdict !== 'rejected' && code !== 'sql_error') return
  const id = opRef(key, seq)
  const fact = { station: stationNo, kind: code ?? verdict, opRef: id, entity: null, body: {} }
  tables.deadLetter.put(`${stationNo}/${id}`, fact)
  if (verdict !== 'rejected') return
  const row = { epoch, stream, seq, code: code ?? verdict, at_ms: recvAtMs }
  tables.notice.put(id, { id, station_no: stationNo, ...row })
}

function saveEffect(place: Place, effect: OpEffect): void {
  const { tables, key } = place
  if (effect.kind === 'record') saveRecord(place, effect)
  if (effect.kind === 'entity') {
    const { ref, type, uuid } = effect
    tables.entity.put(`${pathOf(key)}/${ref}`, { type, uuid })
  }
  if (effect.kind === 'strike') tables.strike.put(effect.booking, effect.atMs)
  if (effect.kind === 'exception') {
    const fact = factOf(key, { seq: effect.seq, kind: effect.code, entity: effect.fill })
    tables.exception.put(`${key.stationNo}/${fact.opRef}/${effect.code}`, fact)
  }
}

type Told = { readonly seq: number; readonly kind: string; readonly entity: string | null }

function factOf(key: StreamKey, { seq, kind, entity }: Told, body: object = {}): FactRow {
  return { station: key.stationNo, kind, opRef: opRef(key, seq), entity, body }
}

function saveRecord({ tables, key }: Place, effect: RecordEffect): void {
  const { fact: kind, seq, entity, body } = effect
  refuseWhatNoColumnHolds(effect)
  const station = key.stationNo
  const fact = factOf(key, { seq, kind, entity }, body)
  if (effect.fact === 'booking.made') saveKioskSale(tables, effect, station)
  if (effect.fact === 'fill.settled') saveSale(tables, effect, station)
  if (effect.fact === 'payment.collected') tables.paid.put(effect.body.fill, fact)
  if (effect.fact === 'shift.opened') saveShift(tables, { id: entity, station, open: true })
  if (effect.fact === 'shift.closed') saveShift(tables, { id: entity, station, open: false })
  tables.fact.put(`${station}/${fact.opRef}`, fact)
}

type SaleEffect = Extract<RecordEffect, { fact: 'fill.settled' }>

function saveSale(tables: MemoryTables, { entity, body, atMs }: SaleEffect, station: number): void {
  if (entity === null) return
  if (tables.sale.has(entity)) throw new DataRefused('23505', `sale ${entity} is there`)
  const { booking, position, grams, amountPaise, recovered } = body
  const flag = recovered ? 'recovered' : 'normal'
  const row = { fill: entity, booking, position, grams, amountPaise, flag, settledAtMs: atMs }
  tables.sale.put(entity, { station, ...row })
}

type Shift = { readonly id: string | null; readonly station: number; readonly open: boolean }

/** A shift opens once; only one that was opened closes. */
function saveShift({ shift }: MemoryTables, { id, station, open }: Shift): void {
  if (id !== null && shift.has(id) !== open) shift.put(id, { station, open })
}

/** PostgreSQL has no text with a zero character, and its jsonb says so with class 22. */
function refuseWhatNoColumnHolds({ body }: RecordEffect): void {
  if (Object.values(body).some((value) => typeof value === 'string' && value.includes('\0'))) {
    throw new DataRefused('22P05', 'unsupported Unicode escape sequence')
  }
}

function saveUse({ tables, key }: Place, use: UseRow): void {
  const id = useKey(use.booking, use.use_no)
  const before = tables.checkIn.get(id)
  if (before === undefined) {
    const others = tables.usesOf.get(use.booking) ?? []
    tables.usesOf.put(use.booking, [...others, use.use_no])
    tables.checkIn.put(id, { ...use, station: key.stationNo })
  } else if (before.station === key.stationNo) {
    tables.checkIn.put(id, { ...joinedUse(before, use), station: key.stationNo })
  }
}

/** What a claim told (lane, verdict, revision) stays when the use is redeemed or released. */
function joinedUse(before: UseRow, use: UseRow): UseRow {
  return {
    ...use,
    lane: use.lane ?? before.lane,
    verdict: use.verdict ?? before.verdict,
    ticket: use.ticket ?? before.ticket,
    rev: use.rev ?? before.rev,
    offline: use.offline || before.offline,
    forced: use.forced || before.forced,
    force_sent: use.force_sent || before.force_sent,
    at_ms: use.lane === null ? before.at_ms : use.at_ms,
  }
}

function moveBookings(tables: MemoryTables, { known, touched }: WithEffects): void {
  for (const id of touched) {
    const moved = known.bookings.get(id)
    const row = tables.booking.get(id)
    if (moved === undefined || row === undefined) continue
    const facts = { ...row, facts: moved.facts }
    tables.booking.put(id, movedTo(tables, facts, moved.state))
  }
}

const finalStates: ReadonlySet<BookingState> = new Set([
  'expired',
  'cancelled',
  'no_show',
  'completed',
  'part_filled',
])

/** The version rises with every change of state, and a final state lets the plate go. */
function movedTo(tables: MemoryTables, row: BookingRecord, state: BookingState): BookingRecord {
  const { booking } = row
  if (booking.state === state) return row
  const version = booking.version + 1
  return letGoOfPlate(tables, { ...row, booking: { ...booking, state, version } })
}

/** A vehicle whose booking is over may book again. */
export function letGoOfPlate(tables: MemoryTables, row: BookingRecord): BookingRecord {
  if (!finalStates.has(row.booking.state) || row.livePlate === null) return row
  tables.livePlate.remove(row.livePlate)
  return { ...row, livePlate: null }
}

/** An op's own place as text: the key of facts that have no id of their own. */
function opRef({ epoch, stream }: StreamKey, seq: number): string {
  return `${epoch}/${stream}/${seq}`
}
