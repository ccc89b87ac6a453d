import type { Pool } from 'pg'
import type { Grams } from '@baari/shared/units/mass'
import type { PaisePerKg } from '@baari/shared/units/money'
import { stationNo, type NozzleType } from '@baari/shared/units/names'
import type { Place } from '@baari/shared/units/place'
import { databaseOf, type Database } from '../adapters/postgres/database.ts'
import { migrate } from '../adapters/postgres/migrate.ts'
import { migrations } from '../adapters/postgres/migrations/all.ts'
import { inTransaction } from '../adapters/postgres/pool.ts'
import { stationPlacesOf } from '../adapters/postgres/ranker-sources.ts'
import { operator } from '../adapters/postgres/schema/people.ts'
import {
  attendant,
  station,
  stationPosition,
  tariff,
} from '../adapters/postgres/schema/stations.ts'

export type DemoStation = {
  readonly no: number
  /** UUID. */
  readonly id: string
  readonly name: string
  readonly address: string
  readonly pricePaisePerKg: PaisePerKg
  /** Nozzle profiles of each position, the first being position 1. */
  readonly positions: readonly (readonly NozzleType[])[]
  readonly compressorGramsPerHour: Grams
  /** Where it is; without it the page knows no distances. */
  readonly place?: Place
}

export type DemoAttendant = {
  readonly id: string
  readonly name: string
  readonly role: 'attendant' | 'manager'
  /** Argon2 hash in PHC form. */
  readonly pinHash: string
}

export type DemoOperator = {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: 'admin' | 'operator' | 'auditor'
  readonly passwordHash: string
}

export type DemoData = {
  readonly station: DemoStation
  readonly attendants: readonly DemoAttendant[]
  readonly operators: readonly DemoOperator[]
}

/**
 * Brings a database to the demo's first state: migrations, one station with positions, price and
 * people. Its keys come by enrolment, its capacity by its own grant. Run again it corrects what differs from the data
 * given and touches nothing that was sold.
 */
export async function seedDemo(pool: Pool, data: DemoData): Promise<void> {
  await migrate(pool, migrations)
  await inTransaction(pool, async (client) => {
    const db = databaseOf(client)
    await seedStation(db, data.station)
    await seedPeople(db, data)
  })
  const { no, place } = data.station
  if (place !== undefined) await stationPlacesOf(pool).put(stationNo(no), place)
}

async function seedStation(db: Database, demo: DemoStation): Promise<void> {
  const row = {
    no: demo.no,
    id: demo.id,
    name: demo.name,
    address: demo.address,
    compressorGramsPerHour: demo.compressorGramsPerHour,
  }
  await db.insert(station).values(row).onConflictDoUpdate({ target: station.no, set: row })
  const positions = demo.positions.map((nozzles, index) => ({
    stationNo: demo.no,
    positionNo: index + 1,
    nozzles: [...nozzles],
  }))
  await db.insert(stationPosition).values(positions).onConflictDoNothing()
  await db
    .insert(tariff)
    .values({
      id: `demo-${demo.no}`,
      stationNo: demo.no,
      pricePaisePerKg: demo.pricePaisePerKg,
      validFromMs: 0,
    })
    .onConflictDoUpdate({
      target: tariff.id,
      set: { pricePaisePerKg: demo.pricePaisePerKg },
    })
}

async function seedPeople(db: Database, { station: at, attendants, operators }: DemoData) {
  for (const person of attendants) {
    const row = { ...person, stationNo: at.no }
    await db.insert(attendant).values(row).onConflictDoUpdate({ target: attendant.id, set: row })
  }
  for (const person of operators) {
    const row = { ...person, email: person.email.toLowerCase() }
    await db.insert(operator).values(row).onConflictDoUpdate({ target: operator.id, set: row })
  }
}
