import type { Instant } from '../../units/time.ts'

/** No gas at a station from one moment until another. */
export type CutTime = {
  readonly from: Instant
  /** When gas is expected back. */
  readonly until: Instant
}

/** Whether the window lies in the cut: nobody sells it, and nobody is blamed for it. */
export function isCut({ from, until }: CutTime, window: Instant): boolean {
  return window >= from && window < until
}
