import { boundedMinutes } from '@baari/shared/domain/slots/class-minutes'
import { vehicleClasses } from '@baari/shared/units/names'
import { instant } from '@baari/shared/units/time'
import type { ServiceTimes } from '../../ports/service-times.ts'
import { keptRead } from './kept-read.ts'
import type { LedgerSession } from './ledger-session.ts'

type ClassRow = { readonly vehicle_class: string; readonly milli_minutes: number }

/** Four rows of class minutes and one row for each position. */
export function serviceTimesOf(session: LedgerSession): ServiceTimes {
  const { sqlite } = session
  const all = sqlite.prepare<[], ClassRow>('SELECT * FROM class_minutes')
  const kept = keptRead(session, () =>
    boundedMinutes(
      Object.fromEntries(all.all().map((row) => [row.vehicle_class, row.milli_minutes])),
    ),
  )
  const learn = sqlite.prepare(
    `INSERT INTO class_minutes (vehicle_class, milli_minutes) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET milli_minutes = excluded.milli_minutes`,
  )
  const freed = sqlite
    .prepare<[number], number>('SELECT freed_at_ms FROM position_turn WHERE position = ?')
    .pluck()
  const free = sqlite.prepare(
    `INSERT INTO position_turn (position, freed_at_ms) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET freed_at_ms = excluded.freed_at_ms`,
  )
  return {
    classMinutes: kept.get,
    saveClassMinutes(minutes) {
      kept.changed()
      for (const name of vehicleClasses) learn.run(name, minutes[name])
    },
    freedAt(position) {
      const at = freed.get(position)
      return at === undefined ? undefined : instant(at)
    },
    saveFreed: (position, at) => void free.run(position, at),
  }
}
