import type { IdSource, Prng } from '@baari/shared/runtime/chance'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { worldStartMs } from './clocks.ts'
import type { Timeline } from './timeline.ts'

/** A seed of its own for each part of a world, so that one part's dice do not move another's. */
export function prngOf(seed: number, part: string): Prng {
  let hash = seed ^ 0x9e3779b9
  for (let i = 0; i < part.length; i += 1) {
    hash = Math.imul(hash ^ part.charCodeAt(i), 0x85ebca6b)
    hash ^= hash >>> 13
  }
  return seededPrng(hash)
}

export function happens(prng: Prng, probability: number): boolean {
  return probability > 0 && prng.next() < probability
}

export function between(prng: Prng, low: number, high: number): number {
  return low + prng.next() * (high - low)
}

export function oneOf<T>(prng: Prng, items: readonly [T, ...T[]]): T {
  return items[Math.floor(prng.next() * items.length)] ?? items[0]
}

/** UUIDv7 of the world's time and the seed's dice. */
export function seededIds(prng: Prng, timeline: Timeline): IdSource {
  const digits = (count: number): string => {
    let text = ''
    while (text.length < count) {
      text += Math.floor(prng.next() * 0x1000000)
        .toString(16)
        .padStart(6, '0')
    }
    return text.slice(0, count)
  }
  return {
    uuid() {
      const time = (worldStartMs + timeline.now()).toString(16).padStart(12, '0')
      const random = digits(18)
      const variant = `8${random.slice(3, 6)}`
      const head = `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}`
      return `${head}-${variant}-${random.slice(6)}`
    },
    hex: (bytes) => digits(bytes * 2),
  }
}
