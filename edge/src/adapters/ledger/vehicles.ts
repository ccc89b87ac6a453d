import type { Vehicles } from '../../ports/vehicles.ts'
import { and, asc, eq, gte, sql } from 'drizzle-orm'
import type { LedgerSession } from './ledger-session.ts'
import { medium, vehicle, vehicleFill } from './schema/people.ts'

/** More fills of one vehicle than this in the time asked for change no limit. */
const fillsMax = 100

export function vehiclesOf({ db }: LedgerSession): Vehicles {
  const byPlate = db
    .select()
    .from(vehicle)
    .where(eq(vehicle.plate, sql.placeholder('plate')))
    .prepare()
  const fills = db
    .select()
    .from(vehicleFill)
    .where(
      and(
        eq(vehicleFill.plate, sql.placeholder('plate')),
        gte(vehicleFill.settledAt, sql.placeholder('since')),
      ),
    )
    .orderBy(asc(vehicleFill.settledAt))
    .limit(fillsMax)
    .prepare()
  const byText = db
    .select()
    .from(medium)
    .where(eq(medium.text, sql.placeholder('text')))
    .prepare()

  return {
    byPlate: (plate) => byPlate.get({ plate }),
    save: (row) =>
      void db
        .insert(vehicle)
        .values(row)
        .onConflictDoUpdate({ target: vehicle.plate, set: row })
        .run(),
    fillsSince: (plate, since) => fills.all({ plate, since }),
    addFill: (row) => void db.insert(vehicleFill).values(row).onConflictDoNothing().run(),
    medium: (text) => byText.get({ text }),
    saveMedium: (row) =>
      void db
        .insert(medium)
        .values(row)
        .onConflictDoUpdate({ target: medium.text, set: row })
        .run(),
  }
}
