import type { Vehicles } from '../../ports/vehicles.ts'
import { and, asc, eq, gte, sql } from 'drizzle-orm'
import type { LedgerSession } from './ledger-session.ts'
import { readRows } from './prepared-reads.ts'
import { insertNewRow, upsertRow } from './prepared-writes.ts'
import { medium, vehicle, vehicleFill } from './schema/people.ts'

/** More fills of one vehicle than this in the time asked for change no limit. */
const fillsMax = 100

export function vehiclesOf(session: LedgerSession): Vehicles {
  const { db } = session
  const slot = (name: string) => sql.placeholder(name)
  const ofPlate = eq(vehicleFill.plate, slot('plate'))
  const byPlate = readRows(
    session,
    vehicle,
    db
      .select()
      .from(vehicle)
      .where(eq(vehicle.plate, slot('plate'))),
  )
  const fills = readRows(
    session,
    vehicleFill,
    db
      .select()
      .from(vehicleFill)
      .where(and(ofPlate, gte(vehicleFill.settledAt, slot('since'))))
      .orderBy(asc(vehicleFill.settledAt))
      .limit(fillsMax),
  )
  const byText = readRows(
    session,
    medium,
    db
      .select()
      .from(medium)
      .where(eq(medium.text, slot('text'))),
  )

  return {
    byPlate: (plate) => byPlate.get({ plate }),
    save: upsertRow(session, vehicle, { key: vehicle.plate }),
    fillsSince: (plate, since) => fills.all({ plate, since }),
    addFill: insertNewRow(session, vehicleFill),
    medium: (text) => byText.get({ text }),
    saveMedium: (row) =>
      void db
        .insert(medium)
        .values(row)
        .onConflictDoUpdate({ target: medium.text, set: row })
        .run(),
  }
}
