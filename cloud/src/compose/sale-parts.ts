import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Pool } from 'pg'
import { databaseOf } from '../adapters/postgres/database.ts'
import { leaseAsksOf } from '../adapters/postgres/leases.ts'
import { lotsOf } from '../adapters/postgres/lots.ts'
import { driversOf } from '../adapters/postgres/people.ts'
import { retimesOf } from '../adapters/postgres/retimes.ts'
import { saleBookOf } from '../adapters/postgres/sale-book.ts'
import { stationsOf } from '../adapters/postgres/stations.ts'
import { supplyCutsOf } from '../adapters/postgres/supply-cuts.ts'
import { unmetRequestsOf } from '../adapters/postgres/unmet-requests.ts'
import { waitlistOf } from '../adapters/postgres/waitlist.ts'
import { sha256Hex } from '../adapters/system/sha256.ts'
import type { CloudKeys } from './keys.ts'

export type SaleSources = {
  readonly pool: Pool
  readonly clock: Clock
  readonly ids: IdSource
  readonly keys: CloudKeys
}

/** What everything needs that sells, moves or draws windows. */
export function salePartsOf({ pool, clock, ids, keys }: SaleSources) {
  const db = databaseOf(pool)
  return {
    ...{ clock, ids, hash: sha256Hex, issuer: keys.issuer },
    book: saleBookOf(pool, clock),
    stations: stationsOf(db, keys.stationSecrets.open),
    asks: leaseAsksOf(db),
    unmet: unmetRequestsOf(pool, clock),
    waitlist: waitlistOf(pool, clock),
    retimes: retimesOf({ pool, clock, ids }),
    cuts: supplyCutsOf(pool),
    lots: lotsOf(pool),
    drivers: driversOf({ db, vault: keys.vault, clock, ids }),
  }
}

export type SaleParts = ReturnType<typeof salePartsOf>
