import type { Prng } from '@baari/shared/runtime/chance'
import type { Decoded } from '../../../src/ports/bus.ts'

/** A well-formed frame, and the offsets of its check value; none when the protocol has none there. */
export type GoodFrame = { readonly bytes: Uint8Array; readonly checkAt: readonly number[] }

export type Fed = {
  readonly frames: number
  /** Frames that do not encode back to the bytes they were found in. Must be 0. */
  readonly mismatches: number
}

/** A decoder that lives through the whole run, as it does on a line. */
export type FuzzStream = {
  feed(bytes: Uint8Array, chance: Prng): Fed
  /** The line falls silent. */
  silence(): Fed
  pending(): number
}

/** What the fuzz needs of a protocol beside its decoder of recorded bytes. */
export type FuzzTarget = {
  /** As the decoder of recorded bytes is called. */
  readonly protocol: string
  good(chance: Prng): GoodFrame
  streams(): readonly FuzzStream[]
}

type Feeding<Frame> = {
  feed(bytes: Uint8Array): readonly Decoded<Frame>[]
  tick(): readonly Decoded<Frame>[]
  pending(): number
}

/** A stream of a codec or frame buffer; `encode` makes the bytes of a frame again. */
export function streamOf<Frame>(
  codec: Feeding<Frame>,
  encode: (frame: Frame) => Uint8Array,
): FuzzStream {
  const judge = (found: readonly Decoded<Frame>[]): Fed => {
    const frames = found.filter((item) => item.kind === 'frame')
    const wrong = frames.filter(({ frame, raw }) => !sameBytes(encode(frame), raw))
    return { frames: frames.length, mismatches: wrong.length }
  }
  return {
    feed: (bytes) => judge(codec.feed(bytes)),
    silence: () => judge(codec.tick()),
    pending: () => codec.pending(),
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
