import { salePage, stationLedger, type StationLedger } from '@baari/shared/contracts/http/cloud-api'
import type { z } from 'zod'
import type { SaleCursor, StationLedgers } from '../../ports/station-ledgers.ts'

/** What the uplink has applied for one station; undefined when there is no such station. */
export async function readStationLedger(
  ledgers: StationLedgers,
  stationNo: number,
): Promise<StationLedger | undefined> {
  const found = await ledgers.ledger(stationNo)
  return found === undefined ? undefined : stationLedger.parse(found)
}

export type SalePage = z.output<typeof salePage>

/** One page of a station's sales, newest first; `cursor` is the one the last page gave. */
export async function readSales(
  ledgers: StationLedgers,
  stationNo: number,
  page: { readonly limit: number; readonly cursor: string | undefined },
): Promise<SalePage> {
  const limit = Math.min(Math.max(page.limit, 1), 200)
  const after = page.cursor === undefined ? null : readCursor(page.cursor)
  const rows = await ledgers.sales(stationNo, { limit: limit + 1, after })
  const sales = rows.slice(0, limit)
  const last = sales.at(-1)
  const nextCursor = rows.length > limit && last !== undefined ? cursorText(last) : null
  return salePage.parse({ sales, nextCursor })
}

function cursorText({ settledAtMs, fill }: SaleCursor): string {
  return `${settledAtMs}_${fill}`
}

/** A cursor that nobody gave starts from the newest sale. */
function readCursor(text: string): SaleCursor | null {
  const match = /^(\d{1,15})_([0-9a-f-]{36})$/.exec(text)
  const [, settledAtMs, fill] = match ?? []
  return settledAtMs === undefined || fill === undefined
    ? null
    : { settledAtMs: Number(settledAtMs), fill }
}
