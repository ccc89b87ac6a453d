import { decideBooking, windowOf } from './decide-booking.ts'
import { refused, type Decision } from './decision.ts'
import { stop } from './stop.ts'
import { choosePlate } from './booking-checks.ts'
import type { BookingFacts, ScanFacts } from './scan-facts.ts'
import { windowVerdict } from './window-verdict.ts'

type Medium = { readonly active: boolean; readonly bookings: readonly BookingFacts[] }

/**
 * Which booking a plate, RFID tag or phone means (scenarios.md, M): the one whose time it is; with
 * several the attendant chooses the plate; with none the nearest, so that the answer names when.
 */
export function decideMedium({ active, bookings }: Medium, facts: ScanFacts): Decision {
  if (!active) return refused(stop('UNKNOWN', { medium: 'deactivated' }))
  const here = bookings.filter(({ station }) => facts.policy.serves.includes(station))
  const due = here.filter((booking) => isDue(booking, facts))
  const chosen = due.filter((booking) => isChosen(booking, facts.chosenPlate))
  const [booking, second] = facts.chosenPlate === null ? due : chosen
  if (booking && second && facts.chosenPlate === null) {
    return refused(choosePlate(due.flatMap(({ vehicles }) => vehicles)))
  }
  const meant = booking ?? nearest(here, facts.now)
  return meant ? decideBooking(meant, meant.rev, facts) : refused(stop('UNKNOWN'))
}

function isDue(booking: BookingFacts, facts: ScanFacts): boolean {
  if (booking.state === 'over') return false
  const verdict = windowVerdict(windowOf(booking, facts), facts.now)
  return verdict === 'ADMIT' || verdict === 'LATE'
}

function isChosen({ vehicles }: BookingFacts, plate: string | null): boolean {
  return vehicles.some((vehicle) => vehicle.plate === plate)
}

/** The next window to come, else the last one that passed. Cancelled ones only when all are. */
function nearest(bookings: readonly BookingFacts[], now: number): BookingFacts | undefined {
  const live = bookings.filter(({ state }) => state !== 'over')
  const sorted = (live.length > 0 ? live : bookings).toSorted(
    (a, b) => a.windowStart - b.windowStart,
  )
  return sorted.find(({ windowStart }) => windowStart >= now) ?? sorted.at(-1)
}
