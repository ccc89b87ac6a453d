import type { AttendantId } from '@baari/shared/units/names'
import type { TripState } from '../../domain/safety/trip-latch.ts'
import { tripCauses } from '../../domain/safety/trip-latch.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { clearAlarm } from '../sync/alarm-commands.ts'

/** The alarm of an all-stop. While it is open in the ledger the station is tripped. */
export const tripAlarm = { source: 'safety', code: 'all_stop', subject: '' } as const

/** `safety.latch`: whether an all-stop waits for its reset, for a node that has just started. */
export function readLatch(tx: Pick<LedgerTx, 'alarms'>): TripState {
  const open = tx.alarms.find(tripAlarm)
  if (open === undefined) return { kind: 'clear' }
  const cause = tripCauses.find((name) => name === open.detail) ?? null
  return { kind: 'tripped', cause, since: open.since }
}

/** `safety.reset`: a person has reset the all-stop; the alarm ends and the name stays on record. */
export function recordReset(
  tx: Pick<LedgerTx, 'alarms' | 'outbox' | 'station'>,
  { by }: { readonly by: AttendantId },
  context: CommandContext,
): { readonly wasOpen: boolean } {
  const open = tx.alarms.find(tripAlarm)
  if (open === undefined) return { wasOpen: false }
  clearAlarm(tx, tripAlarm, context)
  const facts = { cause: open.detail, since: open.since }
  tx.station.audit({ at: context.now.at, by, what: 'safety.reset', about: 'station', facts })
  return { wasOpen: true }
}
