import { booking, type Booking } from '@baari/shared/contracts/http/cloud-api'
import { z } from 'zod'

const key = 'baari.bookings'
const saved = z.array(booking)

// The last few are enough for the lane; the rest is history that the cloud keeps.
const most = 10

/** Bookings kept on the phone: the ticket must show with no network after the first view. */
export function savedTickets(): readonly Booking[] {
  try {
    const parsed = saved.safeParse(JSON.parse(localStorage.getItem(key) ?? '[]'))
    return parsed.success ? parsed.data : []
  } catch {
    return []
  }
}

export function saveTickets(bookings: readonly Booking[]): void {
  try {
    localStorage.setItem(key, JSON.stringify(bookings.slice(0, most)))
  } catch {
    // A full or forbidden store costs the offline copy, never the booking.
  }
}

/** Puts one booking in front, replacing its older copy. */
export function keepTicket(fresh: Booking): void {
  saveTickets([fresh, ...savedTickets().filter((each) => each.id !== fresh.id)])
}
