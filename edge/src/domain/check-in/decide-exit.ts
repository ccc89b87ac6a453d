import { refused, type Decision } from './decision.ts'
import { stop } from './stop.ts'
import type { BookingFacts, ReadingFacts } from './scan-facts.ts'

/**
 * A scan where vehicles drive off. It is always accepted and may be repeated; the command releases
 * a use that no gas has redeemed, because the vehicle is gone (scenarios.md P19, P21).
 */
export function decideExit(reading: ReadingFacts): Decision {
  const booking = bookingOf(reading)
  if (!booking) return refused(stop('UNKNOWN'))
  return refused(stop('ADMIT', { direction: 'exit' }), { booking, gate: 'exit' })
}

function bookingOf(reading: ReadingFacts): BookingFacts | undefined {
  if (reading.kind === 'token') return reading.booking
  if (reading.kind === 'code') return reading.booking ?? undefined
  if (reading.kind !== 'medium') return undefined
  const inside = reading.bookings.filter(({ uses }) => uses.length > 0)
  return inside.toSorted((a, b) => lastUse(b) - lastUse(a))[0]
}

function lastUse({ uses }: BookingFacts): number {
  return uses.reduce((latest, { at }) => Math.max(latest, at), -Infinity)
}
