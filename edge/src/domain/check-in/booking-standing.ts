import type { BookingStanding } from './scan-facts.ts'

/** State and payment of a booking row, in the words of product.md 7.3. */
export type RowStanding = {
  readonly state: string
  readonly paymentMode: 'pump' | 'prepaid' | 'fleet'
}

/** Nothing is promised in these: the vehicle takes a walk-in number. */
const over = new Set(['waitlisted', 'expired', 'cancelled'])
const paying = new Set(['held', 'expiring'])
const consumed = new Set(['filling', 'completed'])

/**
 * What a row's state means at the lane. A fleet booking is paid by its bill and admitted while
 * unpaid, whether the order (held) or the line (active) says so; a prepaid one that the cloud made
 * active although unpaid may be admitted too. A cancel that is not final yet admits: who came has
 * come, and check-in wins.
 */
export function standingOf({ state, paymentMode }: RowStanding): BookingStanding {
  if (over.has(state)) return 'over'
  if (consumed.has(state)) return 'consumed'
  return paying.has(state) && paymentMode !== 'fleet' ? 'open-payment' : 'valid'
}
