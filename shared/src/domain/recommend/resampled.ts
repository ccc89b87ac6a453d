import { seededChance } from '../forecast/chance.ts'

/** A mean with its 95 % limits. */
export type Limited = { readonly mean: number; readonly low: number; readonly high: number }

/** Numerator and denominator of what one person adds to a ratio. */
export type Share = { readonly block: string; readonly sum: number; readonly of: number }

const resamples = 1_000

/**
 * A ratio of sums with limits by resampling whole blocks (persons): choices of one person are not
 * independent, and limits that take them so are too narrow.
 */
export function limited(shares: readonly Share[], seed: number): Limited {
  const blocks = new Map<string, { sum: number; of: number }>()
  for (const { block, sum, of } of shares) {
    const own = blocks.get(block) ?? { sum: 0, of: 0 }
    blocks.set(block, { sum: own.sum + sum, of: own.of + of })
  }
  const parts = [...blocks.values()]
  const chance = seededChance(seed)
  const drawn = Array.from({ length: resamples }, () => {
    let [sum, of] = [0, 0]
    for (let pick = 0; pick < parts.length; pick += 1) {
      const part = parts[Math.floor(chance() * parts.length)]!
      sum += part.sum
      of += part.of
    }
    return ratio(sum, of)
  }).sort((a, b) => a - b)
  const at = (share: number): number => drawn[Math.floor(share * (resamples - 1))]!
  const whole = parts.reduce((a, b) => ({ sum: a.sum + b.sum, of: a.of + b.of }), { sum: 0, of: 0 })
  return { mean: ratio(whole.sum, whole.of), low: at(0.025), high: at(0.975) }
}

function ratio(sum: number, of: number): number {
  return of === 0 ? 0 : sum / of
}
