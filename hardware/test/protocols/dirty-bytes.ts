import type { Prng } from '@baari/shared/runtime/chance'
import { wholeBetween } from '@baari/shared/testing/seeded-prng'

/** Good bytes as a bad line delivers them: whole, torn, flipped, doubled, or nothing but noise. */
export function dirtied(prng: Prng, good: Uint8Array): Uint8Array {
  switch (wholeBetween(prng, 0, 5)) {
    case 0:
      return good
    case 1:
      return good.subarray(0, wholeBetween(prng, 0, good.length))
    case 2:
      return flipped(prng, good)
    case 3:
      return Uint8Array.of(...good, ...good)
    case 4:
      return Uint8Array.of(...randomBytes(prng, 3), ...good)
    default:
      return randomBytes(prng, 40)
  }
}

/** One bit of one byte changed. */
export function flipped(prng: Prng, good: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(good)
  const at = wholeBetween(prng, 0, good.length - 1)
  copy[at] = (copy[at] ?? 0) ^ (1 << wholeBetween(prng, 0, 7))
  return copy
}

export function randomBytes(prng: Prng, most: number): Uint8Array {
  return Uint8Array.from({ length: wholeBetween(prng, 0, most) }, () => wholeBetween(prng, 0, 255))
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
