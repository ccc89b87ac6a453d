import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { manualClock, type ManualClock } from '@baari/shared/testing/manual-clock'
import { slotStart } from '@baari/shared/units/ist-calendar'
import { grams } from '@baari/shared/units/mass'
import { stationNo, type VehicleClass } from '@baari/shared/units/names'
import { after, dayNumber, instant, millis, minutes, type Instant } from '@baari/shared/units/time'
import { tokenIssuer } from '../../src/adapters/keys/token-issuer.ts'
import { databaseOf } from '../../src/adapters/postgres/database.ts'
import { unmetRequestsOf } from '../../src/adapters/postgres/unmet-requests.ts'
import { leaseAsksOf } from '../../src/adapters/postgres/leases.ts'
import { saleBookOf } from '../../src/adapters/postgres/sale-book.ts'
import { stationsOf } from '../../src/adapters/postgres/stations.ts'
import { randomIds } from '../../src/adapters/system/random-ids.ts'
import {
  makeBooking,
  type BookingWish,
  type SaleDeps,
} from '../../src/app/bookings/make-booking.ts'
import { grantLease } from './grant-lease.ts'
import { cloudWorld, demoStationNo, plateOf, type CloudWorld } from './cloud-world.ts'

export type SaleWorld = {
  readonly world: CloudWorld
  readonly clock: ManualClock
  readonly sale: SaleDeps
  readonly signingKey: KeyObject
  /** Starts of the cells of the horizon, the first being the current one. */
  readonly windowIn: (minutesAhead: number) => Instant
  /** A wish of driver number `n`, who has vehicle number `n`. */
  wish(n: number, wish: Partial<BookingWish> & { readonly windowStart: Instant }): BookingWish
  book(n: number, windowStart: Instant, hold?: boolean): ReturnType<typeof makeBooking>
  /** Grants the horizon that lies ahead of the clock now, for all positions or for fewer. */
  seed(positions?: number): Promise<void>
  /** Forgets every booking and gives all capacity back. */
  reset(): Promise<void>
  dispose(): Promise<void>
}

/** Use-cases on a real database under a clock that moves only when told to. */
export async function saleWorld(positions: number, drivers: number): Promise<SaleWorld> {
  const world = await cloudWorld(positions)
  const clock = manualClock(instant(Math.floor(Date.now() / 600_000) * 600_000))
  const db = databaseOf(world.pool)
  const { privateKey } = generateKeyPairSync('ed25519')
  const stations = stationsOf(db, world.openSealed)
  const sale: SaleDeps = {
    book: saleBookOf(world.pool, clock),
    stations,
    issuer: tokenIssuer(() => ({ kid: 3, privateKey })),
    clock,
    ids: randomIds,
    asks: leaseAsksOf(db),
    unmet: unmetRequestsOf(world.pool, clock),
  }
  const people = await Promise.all(
    Array.from({ length: drivers }, (_, n) => world.driver(classes[n % classes.length])),
  )
  const seed = (working = positions) =>
    grantLease(world.pool, { station: demoStationNo, positions: working, clock })
  await seed()

  function wish(
    n: number,
    { windowStart, ...rest }: Partial<BookingWish> & { windowStart: Instant },
  ) {
    const person = people[n % people.length]
    if (person === undefined) throw new Error('a driver')
    return {
      station: stationNo(demoStationNo),
      windowStart,
      grams: grams(4_000),
      driver: person.id,
      vehicle: {
        id: person.vehicle,
        plate: plateOf((n % people.length) + 1),
        vehicleClass: classes[n % classes.length] ?? 'auto',
        nozzle: 'ngv1' as const,
        retestDay: dayNumber(60_000),
      },
      hold: false,
      channel: 'app' as const,
      requestKey: undefined,
      ...rest,
    }
  }
  return {
    world,
    clock,
    sale,
    signingKey: privateKey,
    windowIn: (ahead) => after(slotStart(clock.now()), minutes(ahead)),
    wish,
    book: (n, windowStart, hold = false) => makeBooking(sale, wish(n, { windowStart, hold })),
    async reset() {
      await world.pool.query('TRUNCATE booking_cell, booking CASCADE')
      await world.pool.query('UPDATE slot_cell SET sold_milli_minutes = 0, sold_grams = 0')
      // Back on the ten-minute grid, so that minutes ahead are minutes before a window.
      clock.advance(millis((600_000 - (clock.now() % 600_000)) % 600_000))
      await seed()
    },
    seed,
    dispose: () => world.dispose(),
  }
}

const classes: readonly VehicleClass[] = ['auto', 'auto', 'car', 'lcv']
