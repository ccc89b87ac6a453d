import type { Prng } from '../runtime/chance.ts'

/** A small seeded generator (mulberry32): good enough for tests and simulators, never for keys. */
export function seededPrng(seed: number): Prng {
  let state = seed >>> 0
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0
      let t = state
      t = Math.imul(t ^ (t >>> 15), t | 1)
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
      return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
    },
  }
}

/** A whole number from `low` to `high`, both included. */
export function wholeBetween(prng: Prng, low: number, high: number): number {
  return low + Math.floor(prng.next() * (high - low + 1))
}
