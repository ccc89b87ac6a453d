/** Numbers in [0, 1), the same for the same seed on every machine (mulberry32). */
export type Chance = () => number

/** The generator of one training: bootstrap samples and feature draws, never keys. */
export function seededChance(seed: number): Chance {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** `count` of the numbers 0 … `among` − 1, in rising order, each subset equally likely. */
export function drawWithout(chance: Chance, among: number, count: number): Int32Array {
  const drawn = new Int32Array(Math.min(count, among))
  let taken = 0
  for (let at = 0; at < among && taken < drawn.length; at += 1) {
    if (chance() * (among - at) < drawn.length - taken) {
      drawn[taken] = at
      taken += 1
    }
  }
  return drawn
}
