import type { PaisePerKg } from '@baari/shared/units/money'
import type { Instant } from '@baari/shared/units/time'

export type Tariffs = {
  /** Price in force at an instant: the newest row not later than it; undefined when none is known. */
  priceAt(at: Instant): PaisePerKg | undefined
}
