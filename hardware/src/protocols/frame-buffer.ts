import type { Result } from '@baari/shared/faults/result'
import type { Decoded } from '../ports/bus.ts'

/** Whether bytes from an offset can begin a frame: its whole length once it can be known. */
export type Measured = 'impossible' | 'more' | number

export type FrameRules<Frame> = {
  /** Looks at `bytes` from `from` on; must answer a length of at most 2,048 bytes. */
  measure(bytes: Uint8Array, from: number): Measured
  /** The frame in exactly these bytes, or null when its check value or its fields are wrong. */
  parse(bytes: Uint8Array): Frame | null
  /** Why `parse` refused these bytes, in words; without it the check value is blamed. */
  why?(bytes: Uint8Array): string
}

/** Rules of a reader that answers a frame or, for bytes it refuses, why in words. */
export function reasonedRules<Frame>(
  measure: FrameRules<Frame>['measure'],
  read: (raw: Uint8Array) => Result<Frame, string>,
): FrameRules<Frame> {
  return {
    measure,
    parse(raw) {
      const frame = read(raw)
      return frame.ok ? frame.value : null
    },
    why(raw) {
      const frame = read(raw)
      return frame.ok ? '' : frame.error
    },
  }
}

export type FrameBuffer<Frame> = {
  feed(bytes: Uint8Array): readonly Decoded<Frame>[]
  tick(): readonly Decoded<Frame>[]
  reset(): void
  /** Bytes of a partial frame that are kept. */
  pending(): number
}

/** Chunks are cut to this, so that one read of any size never needs more than 8 KiB. */
const sliceBytes = 4096
const noBytes = new Uint8Array(0)

/**
 * Finds frames in a stream that may be torn, glued or dirty. A frame is taken only whole and with
 * a right check value. After a wrong one the search goes on one byte further, because the damaged
 * frame may hide the begin of a good one (S01, S03, S04).
 */
export function createFrameBuffer<Frame>(rules: FrameRules<Frame>): FrameBuffer<Frame> {
  let kept: Uint8Array = noBytes

  function take(slice: Uint8Array): Decoded<Frame>[] {
    const bytes = kept.length === 0 ? slice : joined(kept, slice)
    const { found, rest } = scan(bytes, rules)
    kept = bytes.slice(rest)
    return found
  }

  return {
    feed(bytes) {
      const found: Decoded<Frame>[] = []
      for (let from = 0; from < bytes.length; from += sliceBytes) {
        found.push(...take(bytes.subarray(from, from + sliceBytes)))
      }
      return found
    },
    tick() {
      const behind = firstWhole(kept, rules)
      if (behind === null) return []
      const noise: Decoded<Frame> = { kind: 'noise', raw: kept.slice(0, behind) }
      const rest = kept
      kept = noBytes
      return [noise, ...take(rest.subarray(behind))]
    },
    reset() {
      kept = noBytes
    },
    pending: () => kept.length,
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

type Scan<Frame> = { readonly found: Decoded<Frame>[]; readonly rest: number }

/** All that can be told from `bytes`; `rest` is where an unfinished frame begins. */
function scan<Frame>(bytes: Uint8Array, rules: FrameRules<Frame>): Scan<Frame> {
  const found: Decoded<Frame>[] = []
  let at = 0
  let noiseFrom = 0
  // Bytes before this offset were already reported as part of a damaged frame.
  let reportedTo = 0

  function reportNoise(): void {
    const from = Math.max(noiseFrom, reportedTo)
    if (from < at) found.push({ kind: 'noise', raw: bytes.slice(from, at) })
  }

  while (at < bytes.length) {
    const length = rules.measure(bytes, at)
    if (length === 'more' || (length !== 'impossible' && at + length > bytes.length)) break
    const raw = length === 'impossible' ? noBytes : bytes.slice(at, at + length)
    const frame = length === 'impossible' ? null : rules.parse(raw)
    if (frame !== null) {
      reportNoise()
      found.push({ kind: 'frame', frame, raw })
      at += raw.length
      noiseFrom = at
      continue
    }
    if (length !== 'impossible' && at >= reportedTo) {
      reportNoise()
      found.push({ kind: 'damaged', reason: rules.why?.(raw) ?? 'check value', raw })
      reportedTo = at + length
    }
    at += 1
  }
  reportNoise()
  return { found, rest: at }
}

/** Offset of a whole good frame behind the unfinished one at 0; null when there is none. */
function firstWhole<Frame>(bytes: Uint8Array, rules: FrameRules<Frame>): number | null {
  for (let at = 1; at < bytes.length; at += 1) {
    const length = rules.measure(bytes, at)
    if (typeof length !== 'number' || at + length > bytes.length) continue
    if (rules.parse(bytes.slice(at, at + length)) !== null) return at
  }
  return null
}
