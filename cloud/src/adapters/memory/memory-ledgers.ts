import { streams } from '@baari/shared/contracts/sync/session'
import type { SaleRow, StationLedgers } from '../../ports/station-ledgers.ts'
import type { MemoryDatabase, MemoryTables } from './memory-database.ts'

/** What the uplink has applied, counted from the rows. */
export function memoryLedgers(db: MemoryDatabase): StationLedgers {
  return {
    ledger: (stationNo) => db.read((tables) => ledgerOf(tables, stationNo)),
    sales: (stationNo, { limit, after }) =>
      db.read(({ sale }) =>
        own(sale.values(), stationNo)
          .filter((row) => after === null || comesAfter(row, after))
          .sort((a, b) => (comesAfter(a, b) ? 1 : -1))
          .slice(0, limit)
          .map(({ station: _station, ...row }) => row),
      ),
  }
}

function own<Row extends { readonly station: number }>(
  rows: Iterable<Row>,
  station: number,
): readonly Row[] {
  return [...rows].filter((row) => row.station === station)
}

/** Newest first, and by fill among equals. */
function comesAfter(
  row: Pick<SaleRow, 'settledAtMs' | 'fill'>,
  other: Pick<SaleRow, 'settledAtMs' | 'fill'>,
): boolean {
  return (
    row.settledAtMs < other.settledAtMs ||
    (row.settledAtMs === other.settledAtMs && row.fill < other.fill)
  )
}

function ledgerOf(tables: MemoryTables, no: number): Awaited<ReturnType<StationLedgers['ledger']>> {
  const station = tables.station.get(String(no))
  if (station === undefined || station.currentEpoch === null) return undefined
  const epoch = station.currentEpoch
  const sales = own(tables.sale.values(), no)
  const facts = own(tables.fact.values(), no)
  const ofKind = (kind: string) => facts.filter((fact) => fact.kind === kind)
  const field = (body: object, name: string): unknown => (body as Record<string, unknown>)[name]
  return {
    station: no,
    epoch,
    streams: [...streams].sort().flatMap((stream) => {
      const head = tables.head.get(`${no}/${epoch}/${stream}`)
      return head === undefined ? [] : [{ stream, ...head }]
    }),
    fills: sales.length,
    grams: sales.reduce((sum, { grams }) => sum + grams, 0),
    amountPaise: sales.reduce((sum, { amountPaise }) => sum + amountPaise, 0),
    orphanGrams: ofKind('fill.orphan').reduce(
      (sum, { body }) => sum + Number(field(body, 'grams')),
      0,
    ),
    checkIns: own(tables.checkIn.values(), no).filter(({ state }) => state !== 'released').length,
    failedScans: ofKind('scan.failed').length,
    walkIns: ofKind('ticket.opened').filter(({ body }) => field(body, 'kind') === 'walk-in').length,
    deadLetters: own(tables.deadLetter.values(), no).length,
    exceptions: own(tables.exception.values(), no).length,
  }
}
