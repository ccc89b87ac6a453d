import { tokenValidity } from '../slots/windows.ts'
import { after, instant, minutes, type Instant, type Millis } from '../../units/time.ts'

/** The token of a driver who says when he comes is valid to s+60 at most (product.md 7.4). */
export const etaKeepsUntil: Millis = minutes(60)

export type Validity = {
  /** Start of the window, *s*. */
  readonly start: Instant
  /** End of the token as it is now. */
  readonly expires: Instant
}

/**
 * Until when the token is good for a driver who will be there at `latest` (now + the 90 % quantile):
 * max(s+30, latest), at most s+60, and never earlier than it is already: more traffic shortens nothing.
 * The right of way of the booking still ends at s+10.
 */
export function expiryFor({ start, expires }: Validity, latest: Instant): Instant {
  const least = after(start, tokenValidity)
  const most = after(start, etaKeepsUntil)
  return instant(Math.max(expires, Math.min(most, Math.max(least, latest))))
}
