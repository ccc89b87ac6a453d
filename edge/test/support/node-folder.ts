import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hash } from '@node-rs/argon2'
import { stationNo } from '@baari/shared/units/names'
import { instant, mono } from '@baari/shared/units/time'
import { inlineLedger } from '../../src/adapters/ledger/inline-ledger.ts'
import { systemIds } from '../../src/adapters/system/system-ids.ts'
import { commands, reads } from '../../src/app/commands.ts'
import type { FollowInput } from '../../src/app/sync/follow-commands.ts'
import { writeSimulatedLogins } from './simulated-logins.ts'

export const kavita = '00000001-0000-7000-8000-00000000c001'
export const kavitasPin = '4821'

const wholeShape = {
  handle: 'test',
  offset: '1_0',
  schemaHash: 'test',
  piece: { startsSnapshot: true, last: true, upToDate: true },
} as const

type ShapeRow = Readonly<Record<string, string | number | null>>

/**
 * A data folder as the cloud's shape stream would have filled it: one attendant, one price. The
 * rows go through the same command that the stream uses.
 */
export async function nodeFolder(
  stationYaml: string,
  bookings: readonly ShapeRow[] = [],
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'baari-node-'))
  writeFileSync(join(folder, 'station.yaml'), stationYaml)
  writeSimulatedLogins(folder)
  const now = { at: instant(Date.now()), mono: mono(0), trusted: true }
  const ids = systemIds()
  const ledger = inlineLedger({
    at: {
      file: join(folder, 'ledger.db'),
      station: stationNo(7),
      boot: ids.hex(16),
      instance: ids.uuid(),
      version: 'test',
      now,
    },
    commands,
    reads,
    ids,
    now: () => now,
  })
  const cheap = { memoryCost: 64, timeCost: 1, parallelism: 1 }
  const attendant = {
    id: kavita,
    station_no: 7,
    name: 'Kavita',
    role: 'attendant',
    pin_hash: await hash(kavitasPin, cheap),
    active: 1,
  }
  const tariff = { id: 't1', station_no: 7, price_paise_per_kg: 9_450, valid_from_ms: 0 }
  /** The whole shape at once: a second snapshot would take the place of the first. */
  const follow = (name: FollowInput['name'], ...rows: readonly ShapeRow[]) => {
    const changes = rows.map((row) => ({ kind: 'upsert', row }) as const)
    return ledger.run('follow.apply', { ...wholeShape, name, changes })
  }
  await follow('attendant', attendant)
  await follow('tariff', tariff)
  if (bookings.length > 0) await follow('booking', ...bookings)
  await ledger.close()
  return folder
}
