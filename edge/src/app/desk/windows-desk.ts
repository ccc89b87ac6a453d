import type { BookingRow } from '@baari/shared/contracts/sync/shapes'
import { codePlaces, type CodePlace } from '@baari/shared/domain/slots/code-place'
import { windowLength } from '@baari/shared/domain/slots/windows'
import { refusal } from '@baari/shared/faults/no'
import { err, ok } from '@baari/shared/faults/result'
import type { IdSource } from '@baari/shared/runtime/chance'
import { dayOfIsoDate } from '@baari/shared/units/ist-calendar'
import { bookingId, type VehicleClass } from '@baari/shared/units/names'
import { after, type Instant } from '@baari/shared/units/time'
import type { Windows } from '../../ports/station-desk.ts'
import { runOnce } from '../request/run-once.ts'
import type { DeskLedger, LinkFacts } from './desk-commands.ts'

/** What proves a place that this station sold; undefined before enrolment. */
export type OwnIssuer = {
  /** Signed with the station's own key, so the same row always gives the same text. */
  token(row: BookingRow): string
  code(place: CodePlace): string
}

export type WindowsDeskParts = {
  readonly ledger: DeskLedger
  readonly link: () => LinkFacts
  readonly issuer: OwnIssuer | undefined
  readonly ids: IdSource
  /** Takes free minutes of the cloud, if it answers in time. */
  readonly borrow: (wish: {
    readonly windowStart: Instant
    readonly vehicleClass: VehicleClass
  }) => Promise<void>
}

/**
 * Windows at the kiosk. With the link up what the own share lacks is borrowed first; with the link
 * down nobody knows what the cloud has left, so no more is promised and the driver gets a number.
 */
export function windowsDesk({ ledger, link, issuer, ids, borrow }: WindowsDeskParts): Windows {
  return {
    async list(vehicleClass) {
      const linkUp = link().up
      const found =
        issuer === undefined ? null : await ledger.run('window.list', { vehicleClass, linkUp })
      const windows = (found?.windows ?? []).map(({ start, room }) => ({
        startMs: start,
        endMs: after(start, windowLength),
        state: room,
      }))
      return ok({ selling: found !== null, cutUntilMs: found?.cutUntil ?? null, windows })
    },
    async sell({ windowStartMs: windowStart, vehicleClass, plate, retestValidUntil }, by) {
      if (issuer === undefined) return err(refusal('no_own_share'))
      const retestDay = retestValidUntil === undefined ? undefined : dayOfIsoDate(retestValidUntil)
      if (retestValidUntil !== undefined && retestDay === undefined)
        return err(refusal('retest_missing'))
      if (link().up) await borrow({ windowStart, vehicleClass })
      const codes = codePlaces(windowStart, 'station').map((place) => ({
        place,
        code: issuer.code(place),
      }))
      const booking = bookingId(ids.uuid())
      const input = { booking, windowStart, vehicleClass, plate, retestDay, codes }
      const once = await runOnce(ledger, by.request, {
        command: 'booking.sell',
        input: { ...input, by: by.attendant },
      })
      if (!once.ok) return once
      if (!once.value.answer.ok) return once.value.answer
      const { row } = once.value.answer.value
      return ok({
        booking: row.id,
        windowStartMs: row.window_start_ms,
        windowEndMs: after(row.window_start_ms, windowLength),
        plate: row.plate,
        token: issuer.token(row),
        code: row.code ?? '',
      })
    },
  }
}
