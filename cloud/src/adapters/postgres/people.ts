import { present } from '@baari/shared/faults/assert'
import type { Plate } from '@baari/shared/domain/plate/plate'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { dayNumber, instant } from '@baari/shared/units/time'
import { and, asc, eq, sql } from 'drizzle-orm'
import type { Drivers, Operators, Phone, Vehicle } from '../../ports/people.ts'
import type { Database } from './database.ts'
import { driver, operator, vehicle } from './schema/people.ts'

/** Keeps phone numbers unreadable at rest (integrations.md section 12). */
export type PhoneVault = {
  /** Keyed hash of the number, to find it by. */
  index(phone: Phone): Buffer
  seal(phone: Phone, place: string): Buffer
  open(sealed: Buffer, place: string): Phone
}

export type PeopleDeps = {
  readonly db: Database
  readonly vault: PhoneVault
  readonly clock: Clock
  readonly ids: IdSource
}

/** Vehicles one driver may register; the limit of product.md 7.6 applies to live bookings. */
const listedVehicles = 50

export function driversOf({ db, vault, clock, ids }: PeopleDeps): Drivers {
  const placeOf = (id: string): string => `driver:phone_sealed:${id}`
  return {
    async findOrMake(phone, language) {
      const id = ids.uuid()
      const phoneIndex = vault.index(phone)
      await db
        .insert(driver)
        .values({
          id,
          phoneIndex,
          phoneSealed: vault.seal(phone, placeOf(id)),
          language,
          createdAtMs: clock.now(),
        })
        .onConflictDoNothing()
      const [row] = await db
        .select({ id: driver.id })
        .from(driver)
        .where(eq(driver.phoneIndex, phoneIndex))
      return present(row, 'the driver just made').id
    },
    async find(id) {
      const [row] = await db.select().from(driver).where(eq(driver.id, id))
      if (row === undefined) return undefined
      const vehicles = await db
        .select()
        .from(vehicle)
        .where(eq(vehicle.driverId, id))
        .orderBy(asc(vehicle.id))
        .limit(listedVehicles)
      const phone = vault.open(row.phoneSealed, placeOf(id))
      return { id, phone, vehicles: vehicles.map(vehicleOf) }
    },
    async vehicle(owner, id) {
      const [row] = await db
        .select()
        .from(vehicle)
        .where(and(eq(vehicle.id, id), eq(vehicle.driverId, owner)))
      return row && vehicleOf(row)
    },
    async putVehicle(owner, wish) {
      const [row] = await db
        .insert(vehicle)
        .values({ id: ids.uuid(), driverId: owner, createdAtMs: clock.now(), ...wish })
        .onConflictDoUpdate({
          target: [vehicle.driverId, vehicle.plate],
          set: {
            vehicleClass: wish.vehicleClass,
            nozzle: wish.nozzle,
            retestDay: wish.retestDay,
          },
        })
        .returning()
      return vehicleOf(present(row, 'the vehicle just put'))
    },
  }
}

function vehicleOf(row: typeof vehicle.$inferSelect): Vehicle {
  return {
    id: row.id,
    plate: row.plate as Plate,
    vehicleClass: row.vehicleClass,
    nozzle: row.nozzle,
    retestDay: dayNumber(row.retestDay),
  }
}

/** Wrong passwords in a row until an operator is locked. */
const wrongTriesUntilLock = 5

export function operatorsOf(db: Database): Operators {
  const operatorOf = (row: typeof operator.$inferSelect | undefined) =>
    row && { ...row, lockedUntil: instant(row.lockedUntilMs) }
  return {
    async byEmail(email) {
      const [row] = await db.select().from(operator).where(eq(operator.email, email))
      return operatorOf(row)
    },
    async find(id) {
      const [row] = await db.select().from(operator).where(eq(operator.id, id))
      return operatorOf(row)
    },
    async countWrong(id, lockUntil) {
      const locks = sql`${operator.wrongTries} + 1 >= ${wrongTriesUntilLock}`
      await db
        .update(operator)
        .set({
          wrongTries: sql`CASE WHEN ${locks} THEN 0 ELSE ${operator.wrongTries} + 1 END`,
          lockedUntilMs: sql`CASE WHEN ${locks} THEN ${lockUntil}::bigint
            ELSE ${operator.lockedUntilMs} END`,
        })
        .where(eq(operator.id, id))
    },
    async clearWrong(id) {
      await db.update(operator).set({ wrongTries: 0 }).where(eq(operator.id, id))
    },
  }
}
