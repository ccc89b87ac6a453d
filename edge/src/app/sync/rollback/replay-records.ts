import { decodeToken } from '@baari/shared/codecs/token'
import { attendantId, bookingId } from '@baari/shared/units/names'
import { usualNozzle } from '../../queue/queue-state.ts'
import { provisionalOfClaims } from '../../scan/booking-facts.ts'
import { after, minutes } from '@baari/shared/units/time'
import type { Replay } from './replay-scope.ts'

const validity = minutes(30)

/** The token was verified when it was scanned; the row is made of what it claims. */
export const bookingProvisional: Replay<'booking.provisional'> = ({ tx, context, uuid }, body) => {
  const id = bookingId(uuid)
  if (tx.bookings.provisional(id) !== undefined) return
  const decoded = body.token === null ? undefined : decodeToken(body.token)
  if (decoded?.ok === true) {
    tx.bookings.addProvisional(provisionalOfClaims(decoded.value.claims, context.now))
    return
  }
  const { code, windowStartMs: windowStart, vehicleClass, plate } = body
  if (code === null || tx.bookings.provisionalByCode(code) !== undefined) return
  tx.bookings.addProvisional({
    ...{ id, code, windowStart, vehicleClass, plate },
    expires: after(windowStart, validity),
    rev: 0,
    nozzle: usualNozzle(vehicleClass),
    grams: null,
    prepaidPaise: 0,
    maxUses: 1,
    plateTag: null,
    retestDay: null,
    firstSeen: context.now.at,
  })
}

export const bookingNoShow: Replay<'booking.no_show'> = ({ tx, at }, { booking }) =>
  tx.bookings.markNoShow(booking, at)

/** What drivers were told stands; it was signed then. */
export const delayRaised: Replay<'delay.raised'> = ({ tx }, { kid, sig, ...raised }) => {
  tx.delays.add({ ...raised, lateUntil: raised.fromMs })
  tx.delays.sign(raised, { kid, sig })
}

/** A newer record of the same vehicle stands. */
export const vehicleRecorded: Replay<'vehicle.recorded'> = ({ tx, at }, body) => {
  const { plate, retestDay, corrected, photoSha256 } = body
  const known = tx.vehicles.byPlate(plate)
  if (known !== undefined && known.recordedAt > at) return
  const recordedBy = attendantId(body.by)
  tx.vehicles.save({ plate, retestDay, recordedBy, recordedAt: at, corrected, photoSha256 })
}

/** The scan's own id stayed in the lost file: the op names the station alone. */
export const scanFailed: Replay<'scan.failed'> = ({ tx, context, at }, body) => {
  const { verdict, lane, booking } = body
  const source = sources.find((one) => one === body.source) ?? 'scanner'
  const raw = new TextDecoder().decode(
    Uint8Array.from(atob(body.rawBase64), (character) => character.charCodeAt(0)),
  )
  tx.scans.addFailed({ scan: context.ids.uuid(), at, lane, source, verdict, raw, booking })
}

const sources = ['scanner', 'camera', 'keypad'] as const
