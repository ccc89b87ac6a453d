/** Lowest first: the highest fact about a booking wins (sync.md section 2, state merge). */
const mergeOrder = [
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
export type BookingState = (typeof mergeOrder)[number]

/** The state of a booking as a function of the set of facts, whatever order they arrived in. */
export function mergeFacts(own: BookingState, facts: Iterable<BookingState>): BookingState {
  let highest = own
  for (const fact of facts) {
    if (mergeOrder.indexOf(fact) > mergeOrder.indexOf(highest)) highest = fact
  }
  return highest
}
