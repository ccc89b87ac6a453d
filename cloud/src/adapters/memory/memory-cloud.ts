import type { Clock } from '@baari/shared/runtime/clock'
import type { LeaseAsks, Leases } from '../../ports/leases.ts'
import type { SaleBook } from '../../ports/sales.ts'
import type { StationLedgers } from '../../ports/station-ledgers.ts'
import type { StationSessions } from '../../ports/station-sessions.ts'
import type { StationStreams } from '../../ports/station-streams.ts'
import type { Stations } from '../../ports/stations.ts'
import { MemoryDatabase } from './memory-database.ts'
import { memoryLeaseAsks, memoryLeases } from './memory-leases.ts'
import { memoryLedgers } from './memory-ledgers.ts'
import { memorySaleBook } from './memory-sales.ts'
import { memorySessions, type ChainStart } from './memory-sessions.ts'
import { memoryStations } from './memory-stations.ts'
import { memoryStreams } from './memory-streams.ts'

export type MemoryCloud = {
  readonly db: MemoryDatabase
  readonly sessions: StationSessions
  readonly streams: StationStreams
  readonly ledgers: StationLedgers
  readonly book: SaleBook
  readonly stations: Stations
  readonly leases: Leases
  readonly asks: LeaseAsks
}

/**
 * The cloud's stores in memory, for the simulated world: they pass the contract suites of the
 * PostgreSQL ones (`cloud/test/contracts`). Nothing of it outlives the process.
 */
export function memoryCloud(chainStart: ChainStart, clock: Clock): MemoryCloud {
  const db = new MemoryDatabase()
  return {
    db,
    sessions: memorySessions(db, chainStart),
    streams: memoryStreams(db, chainStart),
    ledgers: memoryLedgers(db),
    book: memorySaleBook(db, clock),
    stations: memoryStations(db),
    leases: memoryLeases(db),
    asks: memoryLeaseAsks(db),
  }
}
