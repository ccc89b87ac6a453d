/** Uniform numbers in [0, 1) from a seed. */
export type Stream = () => number

/**
 * Everything random in the twin has a stream of its own, so that two rules, or two scenarios that
 * differ in one number, meet the same vehicles (common random numbers).
 */
export type StreamName =
  | 'walk-in-gaps'
  | 'walk-in-services'
  | 'walk-in-staging'
  | 'booked-services'
  | 'booked-staging'
  | 'shows'
  | 'reference-gaps'
  | 'lanes'
  | 'wishes'
  | 'selling-order'
  | 'returns'
  | 'forecast'
  | 'consent'

/** One run of a station: the seed of the whole experiment and which replication of it. */
export type RunSeed = { readonly seed: number; readonly replication: number }

export type Streams = (name: StreamName) => Stream

/** Fresh streams of one run: asking for a name again begins that stream anew. */
export function streamsOf({ seed, replication }: RunSeed): Streams {
  return (name) => xoshiro([seed, replication, ...nameWords(name)])
}

function nameWords(name: StreamName): readonly number[] {
  return Array.from(name, (letter) => letter.charCodeAt(0))
}

/**
 * xoshiro128** (Blackman and Vigna 2018, doi 10.1145/3460772), its state filled by hashing the
 * words: streams of neighbouring seeds have nothing in common.
 */
function xoshiro(words: readonly number[]): Stream {
  const fill = hashed(words)
  let a = fill()
  let b = fill()
  let c = fill()
  let d = fill() | 1
  return () => {
    const result = Math.imul(rotated(Math.imul(b, 5), 7), 9)
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotated(d, 11)
    return (result >>> 0) / 4_294_967_296
  }
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}

/** 32-bit words from a list of numbers: each is mixed in by the finaliser of MurmurHash3. */
function hashed(words: readonly number[]): () => number {
  let state = 0x9e3779b9
  const mix = (word: number): number => {
    let h = (state ^ word) + 0x9e3779b9
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    state = h ^ (h >>> 16)
    return state
  }
  for (const word of words) {
    mix(word)
    mix(Math.floor(word / 4_294_967_296))
  }
  let n = 0
  return () => mix((n += 1))
}
