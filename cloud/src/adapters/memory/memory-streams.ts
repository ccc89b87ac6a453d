import { joinFacts, saleFact, type SaleState } from '@baari/shared/domain/booking/booking-merge'
import type { BookingState } from '@baari/shared/domain/booking/booking-state'
import { useKey, type Known, type KnownBooking } from '../../domain/sync/known.ts'
import type {
  DeferredOp,
  NamedRows,
  OldVerdict,
  SeqRange,
  StationStreams,
  StoredOp,
  StreamKey,
  StreamTx,
} from '../../ports/station-streams.ts'
import { memoryBatch, memoryRewrite } from './memory-batch.ts'
import {
  pathOf,
  type BookingRecord,
  type MemoryDatabase,
  type MemoryTables,
} from './memory-database.ts'
import type { ChainStart } from './memory-sessions.ts'

export function memoryStreams(db: MemoryDatabase, chainStart: ChainStart): StationStreams {
  return {
    transact: (key, work) => db.transact(() => work(streamTx(db.tables, key, chainStart))),
    deferred: (reader, limit) => db.read((tables) => streamsToTry(tables, reader).slice(0, limit)),
    head: (key) =>
      db.read(({ station, head }) => ({
        currentEpoch: station.get(String(key.stationNo))?.currentEpoch ?? null,
        head: head.get(pathOf(key)),
      })),
    rawOps: (key, { from, to }) =>
      db.read((tables) => {
        if (!tables.epoch.has(`${key.stationNo}/${key.epoch}`)) return undefined
        const last = Math.min(to, tables.head.get(pathOf(key))?.seq ?? 0)
        return opsOf(tables, key, { from: Math.max(from, 1), to: last }).map(({ raw }) => raw)
      }),
  }
}

function opsOf({ op }: MemoryTables, key: StreamKey, { from, to }: SeqRange): readonly StoredOp[] {
  const path = pathOf(key)
  const found: StoredOp[] = []
  for (let seq = from; seq <= to; seq += 1) {
    const row = op.get(`${path}/${seq}`)
    if (row !== undefined) found.push(row)
  }
  return found
}

function streamTx(tables: MemoryTables, key: StreamKey, chainStart: ChainStart): StreamTx {
  const { stationNo, epoch, stream } = key
  const station = tables.station.get(String(stationNo))
  const head = tables.head.get(pathOf(key)) ?? { seq: 0, chain: '' }
  const within = ({ from, to }: SeqRange) =>
    opsOf(tables, key, { from: Math.max(from, 1), to: Math.min(to, head.seq) })
  return {
    currentEpoch: station?.currentEpoch ?? null,
    generation: station?.generation ?? 0,
    head,
    hashes(range) {
      const hashes = new Map(within(range).map(({ seq, hash }) => [seq, hash]))
      if (range.from <= 0) hashes.set(0, chainStart(stationNo, epoch, stream))
      return Promise.resolve(hashes)
    },
    verdicts: (range) => Promise.resolve(within(range).flatMap(told)),
    entities: (refs) => Promise.resolve(entitiesOf(tables, key, refs)),
    load: (names, entities) => Promise.resolve(loadKnown(tables, { key, names, entities })),
    write(batch) {
      memoryBatch(tables, key, batch)
      return Promise.resolve()
    },
    deferred: ({ reader, limit }) =>
      Promise.resolve(deferredOf(tables, key, reader).slice(0, limit)),
    rewrite(ops) {
      memoryRewrite(tables, key, ops)
      return Promise.resolve()
    },
  }
}

/** A station's oldest epoch first; epochs lie in the order they were opened in. */
function streamsToTry({ deferred, epoch }: MemoryTables, reader: string): readonly StreamKey[] {
  const waiting = [...deferred.values()].filter(({ tried }) => tried !== reader)
  const keys = new Map(waiting.map(({ key }) => [pathOf(key), key]))
  const order = [...epoch.entries()].map(([path]) => path)
  const ageOf = (key: StreamKey): number => order.indexOf(`${key.stationNo}/${key.epoch}`)
  return [...keys.values()].sort((a, b) => a.stationNo - b.stationNo || ageOf(a) - ageOf(b))
}

function deferredOf(
  { deferred, op }: MemoryTables,
  key: StreamKey,
  reader: string,
): readonly DeferredOp[] {
  const path = pathOf(key)
  const waiting = [...deferred.values()].filter(
    (row) => row.tried !== reader && pathOf(row.key) === path,
  )
  return waiting
    .sort((a, b) => a.seq - b.seq)
    .flatMap(({ seq }) => {
      const row = op.get(`${path}/${seq}`)
      if (row === undefined) return []
      const { raw, eventAtMs, outcome } = row
      return [{ seq, raw, code: outcome.code ?? outcome.verdict, eventAtMs }]
    })
}

function told({ seq, outcome: { verdict, code } }: StoredOp): readonly OldVerdict[] {
  return verdict === 'applied' ? [] : [{ seq, verdict, code: code ?? verdict }]
}

function entitiesOf(
  { entity }: MemoryTables,
  key: StreamKey,
  refs: readonly number[],
): Known['entities'] {
  const path = pathOf(key)
  const found: Known['entities'] = new Map()
  for (const ref of refs) {
    const row = entity.get(`${path}/${ref}`)
    if (row !== undefined) found.set(ref, row)
  }
  return found
}

type Naming = {
  readonly key: StreamKey
  readonly names: NamedRows
  readonly entities: Known['entities']
}

function loadKnown(tables: MemoryTables, { key, names, entities }: Naming): Known {
  const { stationNo } = key
  const epochs = [...tables.epoch.values()].filter(({ station }) => station === stationNo)
  const known: Known = {
    ...{ stationNo, entities, epochNo: epochs.length },
    livePlates: new Set(names.plates.filter((plate) => tables.livePlate.has(plate))),
    leaseFence: tables.leaseTerm.get(String(stationNo))?.held.term.fence ?? 0,
    bookings: new Map(),
    uses: new Map(),
    sales: new Map(),
    paidFills: new Set(),
    shifts: new Map(),
  }
  for (const id of names.bookings) loadBooking(tables, known, id)
  for (const id of names.fills) {
    const sale = tables.sale.get(id)
    if (sale !== undefined) known.sales.set(id, { amountPaise: sale.amountPaise })
    if (tables.paid.has(id)) known.paidFills.add(id)
  }
  for (const id of names.shifts) {
    const shift = tables.shift.get(id)
    if (shift !== undefined) known.shifts.set(id, shift.open ? 'open' : 'closed')
  }
  return known
}

function loadBooking(tables: MemoryTables, known: Known, id: string): void {
  const row = tables.booking.get(id)
  if (row !== undefined) known.bookings.set(id, knownBooking(row))
  for (const useNo of tables.usesOf.get(id) ?? []) {
    const use = tables.checkIn.get(useKey(id, useNo))
    if (use === undefined) continue
    const { state, ticket, fill } = use
    known.uses.set(useKey(id, useNo), { state, ticket, fill })
  }
}

const stationStates: ReadonlySet<BookingState> = new Set([
  'checked_in',
  'filling',
  'part_filled',
  'completed',
])

/** The sale's own part is what the cloud wrote last, unless the state came from the station. */
function knownBooking({ booking, facts: stored }: BookingRecord): KnownBooking {
  const { state } = booking
  const before = stored ?? { uses: {} }
  const own = stationStates.has(state) ? before : joinFacts(before, saleFact(state as SaleState))
  return { stationNo: booking.station, state, facts: own, grams: booking.grams, maxUses: 1 }
}
