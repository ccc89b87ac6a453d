import type { CutTime } from '@baari/shared/domain/slots/supply-cut'
import type { Instant } from '@baari/shared/units/time'

/** Cuts that head office declared, as far as they have come through. */
export type SupplyCuts = {
  /** The cut that is not over; its end may still move. */
  open(now: Instant): CutTime | undefined
}

export type SupplyCutSlot = { readonly cuts: SupplyCuts }
