import { classMinutesKey } from '@baari/shared/contracts/sync/stream-ops'
import { boundedMinutes } from '@baari/shared/domain/slots/class-minutes'
import { paisePerKg } from '@baari/shared/units/money'
import { stationNo, type StationNo } from '@baari/shared/units/names'
import { instant } from '@baari/shared/units/time'
import { and, asc, desc, eq, getTableColumns, lte, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Stations, StationView } from '../../ports/stations.ts'
import type { Database } from './database.ts'
import { station, stationPosition, stationSecret, tariff } from './schema/stations.ts'

/** Opens what the cloud sealed at a place; an opened value of another place is a bug. */
export type OpenSealed = (sealed: Buffer, place: string) => Buffer

/** Where a station's K_station is sealed to. */
export const secretPlace = (no: number): string => `station_secret:k_station:${no}`

/** Numbers by class; the rule bounds them, and fills in what is missing. */
const toldMinutes = z.record(z.string(), z.unknown())

export function stationsOf(db: Database, openSealed: OpenSealed): Stations {
  return {
    async list() {
      const rows = await withCuts(db).orderBy(asc(station.no))
      const positions = await db.select().from(stationPosition)
      return rows.map((row) => viewOf(row, positions))
    },
    async find(no) {
      const [row] = await withCuts(db).where(eq(station.no, no))
      if (row === undefined) return undefined
      const positions = await db
        .select()
        .from(stationPosition)
        .where(eq(stationPosition.stationNo, no))
      return viewOf(row, positions)
    },
    async priceAt(no, at) {
      const [row] = await db
        .select({ price: tariff.pricePaisePerKg })
        .from(tariff)
        .where(and(eq(tariff.stationNo, no), lte(tariff.validFromMs, at)))
        .orderBy(desc(tariff.validFromMs))
        .limit(1)
      return row && paisePerKg(row.price)
    },
    async classMinutes(no) {
      const { rows } = await db.execute<{ value: unknown }>(sql`
        SELECT value FROM station_state WHERE station_no = ${no} AND key = ${classMinutesKey}`)
      const told = toldMinutes.safeParse(rows[0]?.value)
      return boundedMinutes(told.success ? told.data : {})
    },
    async supplyCut(no) {
      const [row] = await db.select({ cut: openCut }).from(station).where(eq(station.no, no))
      return cutOf(no, row?.cut ?? null)
    },
    async codeSecret(no) {
      const [row] = await db
        .select({ sealed: stationSecret.kStationSealed })
        .from(stationSecret)
        .where(eq(stationSecret.stationNo, no))
      return row && openSealed(row.sealed, secretPlace(no))
    },
  }
}

type CutJson = { readonly id: string; readonly from: number; readonly until: number } | null

/** Asked for with the station: every sale needs it, and one query more is felt by two hundred. */
const openCut = sql<CutJson>`(
  SELECT json_build_object('id', c.id, 'from', c.from_ms, 'until', c.until_ms)
  FROM supply_cut AS c WHERE c.station_no = ${station.no} AND c.ended_at_ms IS NULL)`

function withCuts(db: Database) {
  return db
    .select({ ...getTableColumns(station), cut: openCut })
    .from(station)
    .$dynamic()
}

function cutOf(no: StationNo, cut: CutJson): StationView['cut'] {
  return cut === null
    ? undefined
    : { id: cut.id, station: no, from: instant(cut.from), until: instant(cut.until) }
}

type Row = typeof station.$inferSelect & { readonly cut: CutJson }
type Position = typeof stationPosition.$inferSelect

function viewOf(row: Row, positions: readonly Position[]): StationView {
  const working = positions.filter((at) => at.stationNo === row.no && at.working)
  return {
    no: stationNo(row.no),
    name: row.name,
    address: row.address,
    open: row.open,
    nozzles: [...new Set(working.flatMap(({ nozzles }) => nozzles))],
    workingPositions: working.length,
    positions: working.map(({ nozzles }) => nozzles),
    cut: cutOf(stationNo(row.no), row.cut),
  }
}
