import { baseTables } from './0001-base.ts'
import type { Migration } from './migration.ts'
import { syncTables } from './0002-sync.ts'
import { changeLogTables } from './0003-change-log.ts'
import { streamTables } from './0011-streams.ts'
import { stationFactTables } from './0001-station-facts.ts'

/** Every step in order, listed by hand so that a merge of two branches cannot renumber silently. */
export const migrations: readonly Migration[] = [
  { number: 1, name: 'base', sql: baseTables + stationFactTables },
  { number: 2, name: 'sync', sql: syncTables },
  { number: 3, name: 'change-log', sql: changeLogTables },
  { number: 11, name: 'streams', sql: streamTables },
]
