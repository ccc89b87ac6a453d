import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { Pool, PoolClient } from 'pg'

/** Typed queries on the pool or inside one transaction's connection. */
export type Database = NodePgDatabase

export function databaseOf(connection: Pool | PoolClient): Database {
  return drizzle(connection)
}
