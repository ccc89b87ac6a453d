import type { MilliMinutes } from '@baari/shared/units/work'
import type { Grams } from '@baari/shared/units/mass'
import type { HeldTerm } from '@baari/shared/domain/lease/cloud-lease'
import type { BookingFacts } from '@baari/shared/domain/booking/booking-merge'
import type { CodePlace } from '@baari/shared/domain/slots/code-place'
import type { FreeCell } from '@baari/shared/domain/slots/taking-plan'
import type { PaisePerKg } from '@baari/shared/units/money'
import type { Instant } from '@baari/shared/units/time'
import type { Booking } from '../../domain/booking/booking.ts'
import type { Head } from '../../domain/sync/check-batch.ts'
import type { UseRow } from '../../domain/sync/fold-uses.ts'
import type { SaleOdds } from '../../ports/sales.ts'
import type { SaleRow } from '../../ports/station-ledgers.ts'
import type { StationKey, StationSession } from '../../ports/station-sessions.ts'
import type { StoredOp, StreamKey } from '../../ports/station-streams.ts'
import type { StationView } from '../../ports/stations.ts'
import { MemoryTable, type RowChange } from './memory-table.ts'

export type StationRow = {
  readonly view: StationView
  readonly key: StationKey | null
  readonly codeSecret: Uint8Array | null
  readonly currentEpoch: string | null
  readonly generation: number
  readonly instance: string | null
}

export type BookingRecord = {
  readonly booking: Booking
  /** The plate while this booking is the vehicle's live one. */
  readonly livePlate: string | null
  readonly facts: BookingFacts | null
}

export type CellRow = {
  readonly station: number
  readonly start: Instant
  readonly grantedWork: MilliMinutes
  readonly soldWork: MilliMinutes
  readonly overWork: MilliMinutes
  readonly grantedGas: Grams
  readonly soldGas: Grams
  readonly overGas: Grams
}

/** A fact that only has to be counted or looked at: its station and what its op told. */
export type FactRow = {
  readonly station: number
  readonly kind: string
  readonly opRef: string
  readonly entity: string | null
  readonly body: object
}

export type DeniedRow = {
  readonly booking_id: string
  readonly station_no: number
  readonly min_rev: number
  readonly reason: string
}

/** An op that waits for a newer reader, and the last one that tried it. */
export type DeferredRow = {
  readonly key: StreamKey
  readonly seq: number
  readonly tried: string | null
}

export type NoticeRow = {
  readonly id: string
  readonly station_no: number
  readonly epoch: string
  readonly stream: string
  readonly seq: number
  readonly code: string
  readonly at_ms: number
}

export type TariffRow = {
  readonly id: string
  readonly station_no: number
  readonly price_paise_per_kg: PaisePerKg
  readonly valid_from_ms: number
}

/** A station's newest term, and the numbering of the database that took it. */
export type LeaseRow = { readonly held: HeldTerm; readonly dbEpoch: number }

/** A row that stations follow and nobody else reads. */
export type PlainRow = { readonly [column: string]: string | number | boolean | null }

function tablesOf(note: (change: RowChange) => void) {
  const table = <Row>(name: string): MemoryTable<Row> => new MemoryTable<Row>(name, note)
  return {
    station: table<StationRow>('station'),
    nonce: table<{ readonly station: number; readonly expires: number }>('session_nonce'),
    token: table<{ readonly session: StationSession; readonly expires: number }>('station_token'),
    instance: table<number>('station_instance'),
    epoch: table<{ readonly station: number; readonly prev: string | null }>('station_epoch'),
    head: table<Head>('station_head'),
    op: table<StoredOp>('station_op'),
    deferred: table<DeferredRow>('station_op_deferred'),
    entity: table<{ readonly type: string; readonly uuid: string }>('station_entity'),
    booking: table<BookingRecord>('booking'),
    livePlate: table<string>('booking_live_plate'),
    request: table<string>('booking_request'),
    codePlace: table<string>('booking_code_place'),
    bookingCell: table<readonly FreeCell[]>('booking_cell'),
    strike: table<number>('strike'),
    bookingOdds: table<SaleOdds>('booking_odds'),
    cell: table<CellRow>('slot_cell'),
    leaseTerm: table<LeaseRow>('lease_term'),
    leaseAsk: table<PlainRow>('lease_ask'),
    supplyCut: table<PlainRow>('supply_cut'),
    denied: table<DeniedRow>('denied_token'),
    tariff: table<TariffRow>('tariff'),
    attendant: table<PlainRow>('attendant'),
    keySet: table<PlainRow>('key_set'),
    notice: table<NoticeRow>('notice'),
    usesOf: table<readonly number[]>('check_in_of_booking'),
    checkIn: table<UseRow & { readonly station: number }>('check_in'),
    sale: table<SaleRow & { readonly station: number }>('sale'),
    paid: table<FactRow>('payment_collected'),
    shift: table<{ readonly station: number; readonly open: boolean }>('station_shift'),
    fact: table<FactRow>('fact'),
    exception: table<FactRow>('exception'),
    deadLetter: table<FactRow>('dead_letter'),
  }
}

export type MemoryTables = ReturnType<typeof tablesOf>

/** Key of a stream; its ops and entities lie below it. */
export function pathOf({ stationNo, epoch, stream }: StreamKey): string {
  return `${stationNo}/${epoch}/${stream}`
}

/** Key of a code's place: a code names one booking of its station and day for ever. */
export function codePlaceKey(station: number, { day, slot, n }: CodePlace): string {
  return `${station}/${day}/${slot}/${n}`
}

/** Everything as it was at one moment. */
export type MemorySnapshot = ReadonlyMap<string, ReadonlyMap<string, unknown>>

/**
 * The cloud's store without a database: transactions one at a time, each whole or not at all. It
 * keeps the promises of the ports that a simulated world and fast tests need, and no others.
 */
export class MemoryDatabase {
  readonly tables: MemoryTables
  /** Rises when a backup takes the place of everything: terms from before are not in force. */
  epoch = 1
  #journal: RowChange[] = []
  #last: Promise<unknown> = Promise.resolve()
  readonly #listeners = new Set<(changes: readonly RowChange[]) => void>()
  /** Called before each commit; what it throws undoes the transaction, as a crash there would. */
  beforeCommit: () => void = () => undefined

  constructor() {
    this.tables = tablesOf((change) => this.#journal.push(change))
  }

  /** Called after each commit with its changes in order. */
  onCommit(call: (changes: readonly RowChange[]) => void): () => void {
    this.#listeners.add(call)
    return () => this.#listeners.delete(call)
  }

  /** Commits what `work` did, unless it rejects or `keeps` says no. */
  transact<T>(work: () => Promise<T>, keeps: (value: T) => boolean = () => true): Promise<T> {
    return this.#alone(async () => {
      try {
        const value = await work()
        if (keeps(value)) this.#commit()
        return value
      } finally {
        this.#undo()
      }
    })
  }

  /** Reads what is committed. */
  read<T>(work: (tables: MemoryTables) => T): Promise<T> {
    return this.#alone(() => Promise.resolve(work(this.tables)))
  }

  snapshot(): MemorySnapshot {
    return new Map(this.#all().map((table) => [table.name, table.copy()]))
  }

  /** Puts a snapshot in the place of everything; nobody may be inside a transaction. */
  restore(snapshot: MemorySnapshot): void {
    this.epoch += 1
    for (const table of this.#all()) table.restore(snapshot.get(table.name) ?? new Map())
  }

  /** Takes committed changes back, the newest first. */
  revert(changes: readonly RowChange[]): void {
    const byName = new Map(this.#all().map((table) => [table.name, table]))
    for (const { table, key, before } of changes.toReversed()) byName.get(table)?.undo(key, before)
  }

  #commit(): void {
    this.beforeCommit()
    const changes = this.#journal
    this.#journal = []
    if (changes.length > 0) for (const call of this.#listeners) call(changes)
  }

  #undo(): void {
    const changes = this.#journal
    this.#journal = []
    if (changes.length > 0) this.revert(changes)
  }

  #all(): readonly MemoryTable<unknown>[] {
    const all: readonly unknown[] = Object.values(this.tables)
    return all as readonly MemoryTable<unknown>[]
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work)
    this.#last = mine.catch(() => undefined)
    return mine
  }
}
