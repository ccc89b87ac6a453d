/** Digits a decimal may have behind its point; 10^15 is still an exact number. */
const mostDecimals = 15
const form = /^(-?)(\d{1,20})(?:\.(\d{1,15}))?(?:[eE]([+-]?\d{1,2}))?$/

/**
 * A number exactly as a device wrote it: `count` steps of 10^-`decimals`, made of the digits
 * themselves. Mass and money never pass through a float on their way to grams and paise.
 */
export class Decimal {
  /** What the device wrote; it goes into records unedited and back onto the wire. */
  readonly text: string
  readonly count: number
  readonly decimals: number

  private constructor(text: string, count: number, decimals: number) {
    this.text = text
    this.count = count
    this.decimals = decimals
  }

  /** Null for anything but a plain decimal whose digits fit 2^53 - 1. Leading zeros are allowed. */
  static of(text: string): Decimal | null {
    const match = form.exec(text)
    if (match === null) return null
    const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
    const places = fraction.length - Number(exponent)
    if (places > mostDecimals || places < -mostDecimals) return null
    const count = Number(whole + fraction + '0'.repeat(Math.max(0, -places)))
    if (!Number.isSafeInteger(count)) return null
    // Minus zero would compare unlike zero.
    return new Decimal(text, sign === '-' && count !== 0 ? -count : count, Math.max(0, places))
  }

  /** So many steps of 10^-`decimals`, written with all its decimals: 7900 and 2 make 79.00. */
  static ofCount(count: number, decimals: number): Decimal | null {
    const digits = String(count).padStart(decimals + 1, '0')
    const point = digits.length - decimals
    const text = decimals === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`
    return Decimal.of(text)
  }

  /**
   * Whole steps of 10^-`decimals`: 3 makes grams of kilograms, 2 makes paise of rupees. Null when
   * digits other than zero would be lost, or the count is beyond 2^53 - 1; it never rounds.
   */
  countAt(decimals: number): number | null {
    const shift = decimals - this.decimals
    if (shift >= 0) {
      const count = this.count * 10 ** shift
      return Number.isSafeInteger(count) ? count : null
    }
    const step = 10 ** -shift
    return this.count % step === 0 ? this.count / step : null
  }
}
