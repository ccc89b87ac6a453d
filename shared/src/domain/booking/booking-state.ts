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

/** Facts of the station outrank every state, also a final one (product.md 7.3, sync.md section 2). */
const served = {
  checked_in: 'checked_in',
  first_gram: 'filling',
  part_settled: 'part_filled',
  settled: 'completed',
} as const

/** Nobody may change the sale any more; a repeated request of the same end is harmless. */
const closed = {
  offer_held: 'no',
  offer_taken: 'no',
  confirmed: 'no',
  hold_ended: 'no',
  lapsed: 'no',
  cancel_asked: 'no',
  cancelled: 'no',
} as const

const beforeSale = { ...served, ...closed, released: 'no', validity_ended: 'no' } as const

/** States × events: delete a cell and the build names the event. */
const table: Readonly<Record<BookingState, Row>> = {
  waitlisted: {
    ...beforeSale,
    offer_held: 'held',
    offer_taken: 'active',
    lapsed: 'expired',
    cancelled: 'cancelled',
  },
  held: {
    ...beforeSale,
    offer_held: 'held',
    confirmed: 'confirmed',
    hold_ended: 'expiring',
    cancelled: 'cancelled',
  },
  expiring: { ...beforeSale, hold_ended: 'expiring', confirmed: 'confirmed', lapsed: 'expired' },
  active: {
    ...beforeSale,
    offer_taken: 'active',
    confirmed: 'confirmed',
    cancel_asked: 'cancel_pending',
    cancelled: 'cancelled',
    validity_ended: 'no_show',
    released: 'active',
  },
  confirmed: {
    ...beforeSale,
    confirmed: 'confirmed',
    cancel_asked: 'cancel_pending',
    cancelled: 'cancelled',
    validity_ended: 'no_show',
    released: 'confirmed',
  },
  cancel_pending: {
    ...beforeSale,
    cancel_asked: 'cancel_pending',
    cancelled: 'cancelled',
    validity_ended: 'no_show',
    released: 'cancel_pending',
  },
  expired: { ...beforeSale, hold_ended: 'expired', lapsed: 'expired', validity_ended: 'expired' },
  no_show: { ...beforeSale, validity_ended: 'no_show', released: 'no_show' },
  cancelled: {
    ...beforeSale,
    cancel_asked: 'cancelled',
    cancelled: 'cancelled',
    validity_ended: 'cancelled',
    released: 'cancelled',
  },
  checked_in: {
    ...closed,
    ...served,
    confirmed: 'checked_in',
    released: 'back',
    validity_ended: 'checked_in',
  },
  filling: {
    ...closed,
    ...served,
    confirmed: 'filling',
    checked_in: 'filling',
    released: 'no',
    validity_ended: 'filling',
  },
  part_filled: {
    ...closed,
    ...served,
    confirmed: 'part_filled',
    released: 'no',
    validity_ended: 'part_filled',
  },
  completed: {
    ...closed,
    ...served,
    confirmed: 'completed',
    part_settled: 'completed',
    released: 'no',
    validity_ended: 'completed',
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
  if (!(event in served)) return undefined
  if (ended.includes(state)) return 'served_after_cancel'
  return unsold.includes(state) ? 'served_without_booking' : undefined
}
