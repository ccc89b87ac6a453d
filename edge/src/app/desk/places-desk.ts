import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { AttendantId } from '@baari/shared/units/names'
import type { By, Places } from '../../ports/station-desk.ts'
import { runOnce } from '../request/run-once.ts'
import type { DeskLedger } from './desk-commands.ts'
import type { Forecourt } from './forecourt.ts'
import { managerUnlocks, type CheckPin } from './people-desk.ts'

export type PlacesDeskParts = {
  readonly ledger: DeskLedger
  readonly forecourt: Forecourt
  readonly checkPin: CheckPin
  /** False while the cause of the trip is still there; true when the reset is on record. */
  readonly resetTrip: (by: AttendantId) => Promise<boolean>
}

/**
 * Acts at the positions. A ready takes its key durably before it arms anything: delivered twice,
 * or again after a restart, it must not start a second flow (hardware.md section 10.4). A stop
 * takes no key and waits for nothing.
 */
export function placesDesk({ ledger, forecourt, checkPin, resetTrip }: PlacesDeskParts): Places {
  type Done = Result<null, Refusal>
  async function once(by: By, act: () => Done | Promise<Done>): Promise<Done> {
    const taken = await runOnce(ledger, by.request, { command: 'request.takeKey', input: {} })
    if (!taken.ok) return taken
    return taken.value.repeated ? ok(null) : act()
  }

  return {
    ready: ({ position, limitGrams = null }, by) =>
      once(by, () => forecourt.ready({ position, limitGrams, attendant: by.attendant })),
    stop: (position, attendant) => Promise.resolve(forecourt.stop({ position, attendant })),
    close: ({ position, reason }, by) =>
      once(by, () => forecourt.close({ position, reason, attendant: by.attendant })),
    resetTrip: (by) =>
      once(by, async () =>
        (await resetTrip(by.attendant)) ? ok(null) : err(refusal('interlock_open')),
      ),
    open: (position, by) => once(by, () => forecourt.open({ position, attendant: by.attendant })),
    async clearMeter({ position, note, managerPin: pin }, by) {
      const manager = await managerUnlocks({ ledger, checkPin }, { pin, typedBy: by.attendant })
      if (!manager.ok) return manager
      const input = { position, note, by: manager.value }
      const once = await runOnce(ledger, by.request, { command: 'fill.clearReset', input })
      if (!once.ok) return once
      if (!once.value.answer.ok) return once.value.answer
      if (!once.value.repeated) forecourt.meterCleared(position)
      return ok(null)
    },
  }
}
