import { randomBytes } from 'node:crypto'
import { manualClock } from '@baari/shared/testing/manual-clock'
import { randomIds } from '../../src/adapters/system/random-ids.ts'
import { databaseOf } from '../../src/adapters/postgres/database.ts'
import { leaseAsksOf, leasesOf } from '../../src/adapters/postgres/leases.ts'
import { saleBookOf } from '../../src/adapters/postgres/sale-book.ts'
import { secretPlace, stationsOf } from '../../src/adapters/postgres/stations.ts'
import { stationLedgers } from '../../src/adapters/postgres/sync/ledger-store.ts'
import { stationSessions } from '../../src/adapters/postgres/sync/session-store.ts'
import { stationStreams } from '../../src/adapters/postgres/sync/stream-store.ts'
import { stationSecretsOf } from '../../src/compose/keys.ts'
import { migratedDatabase, type PooledDatabase } from '../support/migrated-database.ts'
import { price, type StoresUnderTest } from './cloud-stores.ts'
import { salesContract } from './sale-book.contract.ts'
import { sessionsContract } from './station-sessions.contract.ts'
import { streamsContract } from './station-streams.contract.ts'

const secrets = stationSecretsOf({ phoneSealKey: Buffer.alloc(32, 7).toString('base64url') })

/** A database of its own for each suite, a station of its own for each test. */
function postgres(): StoresUnderTest {
  let database: Promise<PooledDatabase> | undefined
  let stations = 0
  return {
    async open() {
      database ??= migratedDatabase(4)
      const { pool } = await database
      stations += 1
      const no = stations
      await pool.query(
        `INSERT INTO station (no, id, name, address, compressor_grams_per_hour, kid, public_key)
         VALUES ($1, gen_random_uuid(), 'Test', 'Road 1', 600000, 142, 'key')`,
        [no],
      )
      await pool.query(
        `INSERT INTO station_position (station_no, position_no, nozzles)
         VALUES ($1, 1, '{ngv1}'), ($1, 2, '{ngv1}')`,
        [no],
      )
      const sealed = secrets.seal(Buffer.alloc(32), secretPlace(no))
      await pool.query('INSERT INTO station_secret VALUES ($1, $2, 1)', [no, sealed])
      await pool.query('INSERT INTO tariff VALUES ($1, $2, $3, 1)', [`t${no}`, no, price])
      const db = databaseOf(pool)
      const clock = manualClock()
      return {
        ...{ clock, station: no, uuid: () => randomIds.uuid() },
        sessions: stationSessions(pool, () => clock.now()),
        streams: stationStreams(pool),
        ledgers: stationLedgers(pool),
        book: saleBookOf(pool, clock),
        stations: stationsOf(db, secrets.open),
        leases: leasesOf(pool),
        asks: leaseAsksOf(db),
        async asked() {
          const { rows } = await pool.query<{ id: string }>(
            'SELECT id FROM lease_ask WHERE station_no = $1',
            [no],
          )
          return rows.map(({ id }) => id)
        },
        async driver() {
          const id = randomIds.uuid()
          await pool.query(
            `INSERT INTO driver (id, phone_sealed, phone_index, created_at_ms)
             VALUES ($1, $2, $2, 0)`,
            [id, randomBytes(16)],
          )
          return id
        },
      }
    },
    async dispose() {
      await (await database)?.drop()
    },
  }
}

sessionsContract('PostgreSQL', postgres())
streamsContract('PostgreSQL', postgres())
salesContract('PostgreSQL', postgres())
