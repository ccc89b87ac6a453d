import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { normalisePlate, type Plate } from '@baari/shared/domain/plate/plate'
import type { Booking } from '@baari/shared/contracts/http/cloud-api'
import type { Problem } from '@baari/shared/contracts/http/problem'
import { slotMs } from '@baari/shared/units/ist-calendar'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import type { VehicleClass } from '@baari/shared/units/names'
import { dayNumber, hours } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import { readOrMakeKeyFile } from '../../src/adapters/keys/key-file.ts'
import { phoneVault } from '../../src/adapters/keys/phone-vault.ts'
import { databaseOf } from '../../src/adapters/postgres/database.ts'
import { driversOf } from '../../src/adapters/postgres/people.ts'
import { driverSessionsOf } from '../../src/adapters/postgres/sessions.ts'
import { randomIds } from '../../src/adapters/system/random-ids.ts'
import type { OpenSealed } from '../../src/adapters/postgres/stations.ts'
import type { Drivers } from '../../src/ports/people.ts'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import { stationSecretsOf } from '../../src/compose/keys.ts'
import { seedDemo, type DemoData } from '../../src/compose/seed-demo.ts'
import { readConfig, type CloudConfig } from '../../src/config.ts'
import { grantLease } from './grant-lease.ts'
import { enrolTestStation } from './enrolled-station.ts'
import { emptyDatabase } from './migrated-database.ts'

export const testOrigin = 'http://cloud.test'
export const demoStationNo = 42

export type TestDriver = { readonly id: string; readonly vehicle: string; readonly cookie: string }

export type CloudWorld = {
  readonly pool: Pool
  readonly env: Readonly<Record<string, string>>
  readonly config: CloudConfig
  /** Opens K_station as this cloud sealed it. */
  readonly openSealed: OpenSealed
  readonly drivers: Drivers
  /** A signed-in driver with one vehicle. */
  driver(vehicleClass?: VehicleClass): Promise<TestDriver>
  dispose(): Promise<void>
}

/**
 * A seeded database and a key folder. With eight positions the cloud's share of a window's half
 * hour is 84,000 milli-minutes: room for exactly 20 cars of 4,050.
 */
export async function cloudWorld(positions = 8): Promise<CloudWorld> {
  const database = await emptyDatabase(10)
  const folder = await mkdtemp(join(tmpdir(), 'baari-cloud-'))
  await seedDemo(database.pool, demoData(positions))
  await grantLease(database.pool, { station: demoStationNo, positions, clock: systemClock })
  const env = {
    BAARI_DATABASE_URL: database.url,
    BAARI_CLOUD_DATA: folder,
    BAARI_CLOUD_PORT: '0',
    BAARI_CLOUD_ORIGINS: testOrigin,
  }
  const keys = await readOrMakeKeyFile(folder)
  const openSealed = stationSecretsOf(keys).open
  await enrolTestStation({ pool: database.pool, folder, station: demoStationNo })
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64url')
  const db = databaseOf(database.pool)
  const vault = phoneVault({
    sealKey: bytes(keys.phoneSealKey),
    indexKey: bytes(keys.phoneIndexKey),
  })
  const drivers = driversOf({ db, vault, clock: systemClock, ids: randomIds })
  const sessions = driverSessionsOf({ db, clock: systemClock, lifetime: hours(1) })
  let count = 0
  return {
    pool: database.pool,
    env,
    config: readConfig(env),
    openSealed,
    drivers,
    async driver(vehicleClass = 'car') {
      const number = (count += 1)
      const id = await drivers.findOrMake(`+9198${String(number).padStart(8, '0')}`, 'en')
      const vehicle = await drivers.putVehicle(id, {
        plate: plateOf(number),
        vehicleClass,
        nozzle: 'ngv1',
        retestDay: dayNumber(60_000),
      })
      const { token } = await sessions.open(id)
      return { id, vehicle: vehicle.id, cookie: `baari_driver=${token}` }
    },
    async dispose() {
      await database.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export function plateOf(count: number): Plate {
  const series = String.fromCharCode('B'.charCodeAt(0) + Math.floor(count / 9_999))
  const plate = normalisePlate(`MH12A${series}${String((count % 9_999) + 1).padStart(4, '0')}`)
  if (!plate.ok) throw new Error('test plate')
  return plate.value
}

function demoData(positions: number): DemoData {
  return {
    station: {
      no: demoStationNo,
      id: randomUUID(),
      name: 'Test station',
      address: 'Test road',
      pricePaisePerKg: paisePerKg(9_200),
      positions: Array.from({ length: positions }, () => ['ngv1'] as const),
      compressorGramsPerHour: grams(10_000_000),
    },
    attendants: [],
    operators: [],
  }
}

/** A window start on the ten-minute grid, `ahead` hours from now. */
export function windowAhead(ahead: number): number {
  return Math.ceil((Date.now() + ahead * 3_600_000) / (2 * slotMs)) * 2 * slotMs
}

export type Answer = {
  readonly status: number
  readonly body: Partial<Booking> & Partial<Problem>
  readonly text: string
  readonly headers: Headers
}

export type Ask = {
  readonly method?: string
  readonly body?: unknown
  readonly key?: string
  readonly cookie?: string
  readonly origin?: string
}

/** One request as a browser of ours would send it. */
export async function ask(url: string, path: string, sent: Ask = {}): Promise<Answer> {
  const response = await fetch(new URL(path, url), {
    method: sent.method ?? (sent.body === undefined ? 'GET' : 'POST'),
    headers: {
      origin: sent.origin ?? testOrigin,
      ...(sent.cookie !== undefined && { cookie: sent.cookie }),
      ...(sent.key !== undefined && { 'idempotency-key': sent.key }),
      ...(sent.body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(sent.body !== undefined && { body: JSON.stringify(sent.body) }),
    signal: AbortSignal.timeout(30_000),
  })
  const text = await response.text()
  const isJson = (response.headers.get('content-type') ?? '').includes('json')
  return {
    status: response.status,
    body: isJson && text !== '' ? (JSON.parse(text) as Answer['body']) : {},
    text,
    headers: response.headers,
  }
}

export function bookingBody(driver: TestDriver, windowStartMs: number) {
  return { station: demoStationNo, windowStartMs, vehicle: driver.vehicle, grams: 8_000 }
}

/** Cells whose sold work or gas differs from what bookings say they took, or is out of bounds. */
export async function brokenCells(pool: Pool): Promise<readonly unknown[]> {
  const { rows } = await pool.query<Record<string, unknown>>(`
    SELECT c.*, t.work, t.gas FROM slot_cell c
    LEFT JOIN (SELECT station_no, cell_start_ms, sum(milli_minutes) AS work, sum(grams) AS gas
               FROM booking_cell GROUP BY 1, 2) t USING (station_no, cell_start_ms)
    WHERE c.sold_milli_minutes <> coalesce(t.work, 0) OR c.sold_grams <> coalesce(t.gas, 0)
      OR c.sold_milli_minutes < 0 OR c.sold_milli_minutes > c.granted_milli_minutes + c.over_milli_minutes
      OR c.sold_grams < 0 OR c.sold_grams > c.granted_grams + c.over_grams`)
  return rows
}
