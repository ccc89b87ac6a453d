import type { Instant, Millis } from '@baari/shared/units/time'
import type { Phone } from './people.ts'

/** How often one phone and one address may ask for a code. */
export type CodeLimits = {
  readonly phone: readonly Quota[]
  readonly address: readonly Quota[]
}
export type Quota = { readonly count: number; readonly per: Millis }

export type NewCode = {
  readonly phone: Phone
  /** Network address of the asker, or what stands for it. */
  readonly address: string
  readonly digits: string
  readonly now: Instant
  readonly expires: Instant
}

export type OneTimeCodes = {
  /** Stores the code's hash, unless a quota is used up: then the time to wait. */
  issue(code: NewCode, limits: CodeLimits): Promise<{ readonly waitMs: Millis } | 'issued'>
  /**
   * Tries the newest code of the phone, at most `tries` times. A right one is used up at once:
   * of two clients that send it together one gets `right`.
   */
  redeem(
    attempt: { readonly phone: Phone; readonly digits: string; readonly now: Instant },
    tries: number,
  ): Promise<'right' | 'wrong' | 'over'>
}
