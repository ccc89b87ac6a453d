import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { tokenIssuer, codeMac } from '@baari/cloud/adapters/keys/token-issuer'
import { databaseOf } from '@baari/cloud/adapters/postgres/database'
import { unmetRequestsOf } from '@baari/cloud/adapters/postgres/unmet-requests'
import { leaseAsksOf } from '@baari/cloud/adapters/postgres/leases'
import { saleBookOf } from '@baari/cloud/adapters/postgres/sale-book'
import { stationsOf } from '@baari/cloud/adapters/postgres/stations'
import { randomIds } from '@baari/cloud/adapters/system/random-ids'
import { systemClock } from '@baari/cloud/adapters/system/system-clock'
import { makeBooking, type SaleDeps } from '@baari/cloud/app/bookings/make-booking'
import { encodeShortCode } from '@baari/shared/codecs/short-code'
import { normalisePlate } from '@baari/shared/domain/plate/plate'
import { codePlaces } from '@baari/shared/domain/slots/code-place'
import { grams } from '@baari/shared/units/mass'
import { attendantId, bookingId, stationNo } from '@baari/shared/units/names'
import { dayNumber, instant, type Instant } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import type { EdgeNode } from './edge-node.ts'

export const farRetest = dayNumber(60_000)
const asha = attendantId('00000001-0000-7000-8000-00000000a001')

/** A window so many ten minutes ahead, on the grid. */
export function windowIn(tens: number): Instant {
  return instant((Math.floor(Date.now() / 600_000) + tens) * 600_000)
}

export function plateNo(n: number): string {
  return `MH12AB${String(1_000 + n)}`
}

/**
 * A link a test can cut, or let swallow answers: the request arrives, the answer does not. Bodies
 * of lease requests are written down as they went out.
 */
export function faultyLink() {
  const state = { cut: false, losing: '' }
  const leases: { readonly path: string; readonly body: string }[] = []
  const call: typeof fetch = async (input, init) => {
    const path = new URL(input instanceof Request ? input.url : String(input)).pathname
    if (state.cut) throw new TypeError('the line is cut')
    if (path.startsWith('/v1/lease/')) leases.push({ path, body: String(init?.body) })
    const answer = await fetch(input, init)
    if (state.cut) throw new TypeError('the line was cut')
    if (state.losing !== '' && path === state.losing) throw new TypeError('the answer was lost')
    return answer
  }
  return { state, leases, fetch: call }
}

/** What the cloud needs beside a station's number to sell its windows. */
export async function openForSale(pool: Pool, positions: number): Promise<SaleDeps> {
  await pool.query(
    'INSERT INTO station_secret (station_no, k_station_sealed, made_at_ms) VALUES (42, $1, 0)',
    [randomBytes(32)],
  )
  await pool.query(
    `INSERT INTO station_position (station_no, position_no, nozzles)
     SELECT 42, n, '{ngv1}' FROM generate_series(1, $1::int) AS n`,
    [positions],
  )
  await pool.query(
    `INSERT INTO tariff (id, station_no, price_paise_per_kg, valid_from_ms) VALUES ('t', 42, 9137, 0)`,
  )
  const db = databaseOf(pool)
  const { privateKey } = generateKeyPairSync('ed25519')
  return {
    book: saleBookOf(pool, systemClock),
    // These secrets lie as they are; how they are sealed is enrolment's to prove.
    stations: stationsOf(db, (sealed) => sealed),
    issuer: tokenIssuer(() => ({ kid: 3, privateKey })),
    clock: systemClock,
    ids: randomIds,
    asks: leaseAsksOf(db),
    unmet: unmetRequestsOf(pool, systemClock),
  }
}

/** A car books from its phone; the code of the refusal, or `sold`. */
export async function bookFromAfar(
  sale: SaleDeps,
  pool: Pool,
  wish: { readonly plate: string; readonly windowStart: Instant },
): Promise<string> {
  const [driver, vehicle] = [randomUUID(), randomUUID()]
  await pool.query(
    `INSERT INTO driver (id, phone_sealed, phone_index, created_at_ms) VALUES ($1, 'x', $2, 0)`,
    [driver, randomBytes(8)],
  )
  await pool.query(
    `INSERT INTO vehicle (id, driver_id, plate, vehicle_class, nozzle, retest_day, created_at_ms)
     VALUES ($1, $2, $3, 'car', 'ngv1', $4, 0)`,
    [vehicle, driver, wish.plate, farRetest],
  )
  const plate = normalisePlate(wish.plate)
  if (!plate.ok) throw new Error('plate')
  const made = await makeBooking(sale, {
    station: stationNo(42),
    windowStart: wish.windowStart,
    grams: grams(8_000),
    driver,
    vehicle: {
      id: vehicle,
      plate: plate.value,
      vehicleClass: 'car',
      nozzle: 'ngv1',
      retestDay: farRetest,
    },
    channel: 'app',
    hold: false,
    requestKey: undefined,
  })
  return made.ok ? 'sold' : made.error.code
}

const kStation = new Uint8Array(32).fill(7)

/** A car is sold a window at the kiosk; the code of the refusal, or `sold`. */
export async function sellAtKiosk(
  node: EdgeNode,
  { plate, windowStart }: { readonly plate: string; readonly windowStart: Instant },
): Promise<string> {
  const sold = await node.ledger.run('booking.sell', {
    booking: bookingId(randomIds.uuid()),
    windowStart,
    vehicleClass: 'car',
    plate,
    retestDay: farRetest,
    by: asha,
    codes: codePlaces(windowStart, 'station').map((place) => ({
      place,
      code: encodeShortCode(place, kStation, codeMac),
    })),
  })
  return sold.ok ? 'sold' : sold.error.code
}

/** Sells cars until the first refusal; how many were sold, and what the refusal said. */
export async function sellOut(
  sell: (plate: string) => Promise<string>,
  firstPlate: number,
): Promise<{ readonly sold: number; readonly refusal: string }> {
  for (let sold = 0; ; sold += 1) {
    const answer = await sell(plateNo(firstPlate + sold))
    if (answer !== 'sold') return { sold, refusal: answer }
  }
}
