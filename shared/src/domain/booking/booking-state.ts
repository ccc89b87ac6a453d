import { refusal, type Refusal } from '../../faults/no.ts'
import { err, ok, type Result } from '../../faults/result.ts'

/** The only names of booking states, everywhere, in the order in which facts outrank each other. */
export const bookingStates = [
  'waitlisted',
  'held',
  'expiring',
  'active',
  'confirmed',
  'cancel_pending',
  'expired',
  'no_show',
  'cancelled',
  'checked_in',
  'filling',
  'part_filled',
  'completed',
] as const
export type BookingState = (typeof bookingStates)[number]

/** Where a released check-in goes back to: the state it was claimed from, an ended one included. */
export type ReleasedTo = Exclude<
  BookingState,
  'waitlisted' | 'held' | 'expiring' | 'checked_in' | 'filling'
>

/** What can happen to a booking. The last six come from the station and are physical facts. */
export type BookingEvent =
  /** A waitlisted driver took an offer that must be paid first. */
  | { readonly kind: 'offer_held' }
  /** A waitlisted driver took an offer that is paid at the pump. */
  | { readonly kind: 'offer_taken' }
  /** Money verified, or the driver said *coming*. */
  | { readonly kind: 'confirmed' }
  /** The time to live of the hold is over; the vendor is asked once. */
  | { readonly kind: 'hold_ended' }
  /** The vendor has no money for the hold, or nobody took the waitlisted place in time. */
  | { readonly kind: 'lapsed' }
  /** Asked by the driver while the station cannot be reached. */
  | { readonly kind: 'cancel_asked' }
  /** The station acknowledged the cancel, or nothing had reached it yet. */
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'validity_ended' }
  | { readonly kind: 'checked_in' }
  | { readonly kind: 'released'; readonly backTo: ReleasedTo }
  | { readonly kind: 'first_gram' }
  | { readonly kind: 'part_settled' }
  | { readonly kind: 'settled' }

export type BookingEventKind = BookingEvent['kind']

/**
 * Asked for a person's attention: a booking that was over, or never valid, was served all the same.
 */
export type BookingNotice = 'served_after_cancel' | 'served_without_booking'
export type BookingStep = { readonly state: BookingState; readonly notice?: BookingNotice }

/** `no` refuses with `booking_final`; `back` goes where the release says. */
type Cell = BookingState | 'no' | 'back'
type Row = Readonly<Record<BookingEventKind, Cell>>

/** Facts of the station outrank every state, also a final one. */
const stationFacts: ReadonlySet<BookingEventKind> = new Set([
  'checked_in',
  'first_gram',
  'part_settled',
  'settled',
])

/**
 * States × events, every cell written out: a shared default would swallow a forgotten one. Delete a
 * cell and the build names the event. A repeated request of the same end is harmless.
 */
const table: Readonly<Record<BookingState, Row>> = {
  waitlisted: {
    offer_held: 'held',
    offer_taken: 'active',
    confirmed: 'no',
    hold_ended: 'no',
    lapsed: 'expired',
    cancel_asked: 'no',
    cancelled: 'cancelled',
    validity_ended: 'no',
    checked_in: 'checked_in',
    released: 'no',
    first_gram: 'filling',
    part_settled: 'part_filled',
    settled: 'completed',
  },
  held: {
    offer_held: 'held',
    offer_taken: 'no',
    confirmed: 'confirmed',
    hold_ended: 'expiring',
    lapsed: 'no',
    cancel_asked: 'no',
    cancelled: 'cancelled',
    validity_ended: 'no',
    checked_in: 'checked_in',
    released: 'no',
    first_gram: 'filling',
    part_settled: 'part_filled',
    settled: 'completed',
  },
  expiring: {
    offer_held: 'no',
    offer_taken: 'no',
    confirmed: 'confirmed',
    hold_ended: 'expiring',
    lapsed: 'expired',
    cancel_asked: 'no',
    cancelled: 'no',
    validity_ended: 'no',
    checked_in: 'checked_in',
    released: 'no',
    first_gram: 'filling',
    part_settled: 'part_filled',
    settled: 'completed',
  },
  active: {
    offer_held: 'no',
    offer_taken: 'active',
    confirmed: 'confirmed',
    hold_ended: 'no',
    lapsed: 'no',
    cancel_asked: 'cancel_pending',
    cancelled: 'cancelled',
    validity_ended: 'no_show',
    checked_in: 'checked_in',
    released: 'active',
    first_gram: 'filling',
    part_settled: 'part_filled',
    settled: 'completed',
  },
  confirmed: {
    offer_held: 'no',
    offer_taken: 'no',
    confirmed: 'confirmed',
    hold_ended: 'no',
    lapsed: 'no',
    cancel_asked: 'cancel_pending',
    cancelled: 'cancelled',
    validity_ended: 'no_show',
    checked_in: 'checked_in',
    released: 'confirmed',
    first_gram: 'filling',
    part_settled: 'part_filled',
    settled: 'completed',
  },
  cancel_pending: {
    offer_held: 'no',
    offer_taken: 'no',
    confirmed: 'no',
    hold_ended: 'no',
    lapsed: 'no',
    cancel_asked: 'cancel_pending',
    cancelled: 'cancelled',
    validity_ended: 'no_show',
    checked_in: 'checked_in',
    released: 'cancel_pending',
    first_gram: 'filling',
    part_settled: 'part_filled',
    settled: 'completed',
  },
  expired: {
    offer_held: 'no',
    offer_taken: 'no',
    confirmed: 'no',
    hold_ended: 'expired',
    lapsed: 'expired',
    cancel_asked: 'no',
    cancelled: 'no',
    validity_ended: 'expired',
    checked_in: 'checked_in',
    released: 'no',
    first_gram: 'filling',
    part_settled: 'part_filled',
    settled: 'completed',
  },
  no_show: {
    offer_held: 'no',
    offer_taken: 'no',
    confirmed: 'no',
    hold_ended: 'no',
    lapsed: 'no',
    cancel_asked: 'no',
    cancelled: 'no',
    validity_ended: 'no_show',
    checked_in: 'checked_in',
    released: 'no_show',
    first_gram: 'filling',
    part_settled: 'part_filled',
    settled: 'completed',
  },
  cancelled: {
    offer_held: 'no',
    offer_taken: 'no',
    confirmed: 'no',
    hold_ended: 'no',
    lapsed: 'no',
    cancel_asked: 'cancelled',
    cancelled: 'cancelled',
    validity_ended: 'cancelled',
    checked_in: 'checked_in',
    released: 'cancelled',
    first_gram: 'filling',
    part_settled: 'part_filled',
    settled: 'completed',
  },
  checked_in: {
    offer_held: 'no',
    offer_taken: 'no',
    confirmed: 'checked_in',
    hold_ended: 'no',
    lapsed: 'no',
    cancel_asked: 'no',
    cancelled: 'no',
    validity_ended: 'checked_in',
    checked_in: 'checked_in',
    released: 'back',
    first_gram: 'filling',
    part_settled: 'part_filled',
    settled: 'completed',
  },
  filling: {
    offer_held: 'no',
    offer_taken: 'no',
    confirmed: 'filling',
    hold_ended: 'no',
    lapsed: 'no',
    cancel_asked: 'no',
    cancelled: 'no',
    validity_ended: 'filling',
    checked_in: 'filling',
    released: 'no',
    first_gram: 'filling',
    part_settled: 'part_filled',
    settled: 'completed',
  },
  part_filled: {
    offer_held: 'no',
    offer_taken: 'no',
    confirmed: 'part_filled',
    hold_ended: 'no',
    lapsed: 'no',
    cancel_asked: 'no',
    cancelled: 'no',
    validity_ended: 'part_filled',
    checked_in: 'checked_in',
    released: 'no',
    first_gram: 'filling',
    part_settled: 'part_filled',
    settled: 'completed',
  },
  completed: {
    offer_held: 'no',
    offer_taken: 'no',
    confirmed: 'completed',
    hold_ended: 'no',
    lapsed: 'no',
    cancel_asked: 'no',
    cancelled: 'no',
    validity_ended: 'completed',
    checked_in: 'checked_in',
    released: 'no',
    first_gram: 'filling',
    part_settled: 'completed',
    settled: 'completed',
  },
}

const ended: readonly BookingState[] = ['expired', 'no_show', 'cancelled']
const unsold: readonly BookingState[] = ['waitlisted', 'held', 'expiring']

/** The state after an event, with the notice a person must see, or `booking_final`. */
export function nextBookingState(
  state: BookingState,
  event: BookingEvent,
): Result<BookingStep, Refusal> {
  const cell = table[state][event.kind]
  if (cell === 'no') return err(refusal('booking_final', { state, event: event.kind }))
  if (cell === 'back') return ok({ state: event.kind === 'released' ? event.backTo : state })
  const notice = noticeOf(state, event.kind)
  return ok(notice === undefined ? { state: cell } : { state: cell, notice })
}

function noticeOf(state: BookingState, event: BookingEventKind): BookingNotice | undefined {
  if (!stationFacts.has(event)) return undefined
  if (ended.includes(state)) return 'served_after_cancel'
  return unsold.includes(state) ? 'served_without_booking' : undefined
}
