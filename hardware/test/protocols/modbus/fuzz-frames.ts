import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import {
  createModbusMasterCodec,
  createModbusSlaveDecoder,
  encodeReply,
  encodeRequest,
} from '../../../src/protocols/modbus/frame-codec.ts'
import type { Prng } from '@baari/shared/runtime/chance'

export type FuzzOutcome = {
  readonly inputs: number
  readonly frames: number
  readonly longestPending: number
  /** Decoded frames that do not encode back to the bytes they were found in. Must be 0. */
  readonly mismatches: number
}

/**
 * Feeds both decoders damaged, torn, glued and random bytes; 10^5 inputs in the unit run, 10^7 by
 * the nightly run.
 */
export function fuzzFrameDecoders(options: {
  readonly inputs: number
  readonly seed: number
}): FuzzOutcome {
  const prng = seededPrng(options.seed)
  const master = createModbusMasterCodec()
  const slave = createModbusSlaveDecoder()
  let frames = 0
  let mismatches = 0
  let longestPending = 0
  for (let input = 0; input < options.inputs; input += 1) {
    const bytes = dirty(prng)
    for (const item of [...master.feed(bytes), ...(input % 7 === 0 ? master.tick() : [])]) {
      if (item.kind !== 'frame') continue
      frames += 1
      if (!equal(encodeReply(item.frame), item.raw)) mismatches += 1
    }
    for (const item of slave.feed(bytes)) {
      if (item.kind === 'frame' && !equal(encodeRequest(item.frame), item.raw)) mismatches += 1
    }
    longestPending = Math.max(longestPending, slave.pending())
    if (input % 1000 === 0) master.reset()
  }
  return { inputs: options.inputs, frames, longestPending, mismatches }
}

function dirty(prng: Prng): Uint8Array {
  const bytes = wellFormed(prng)
  switch (wholeBetween(prng, 0, 4)) {
    case 0:
      return bytes
    case 1:
      return bytes.subarray(0, wholeBetween(prng, 0, bytes.length))
    case 2: {
      const flipped = Uint8Array.from(bytes)
      const at = wholeBetween(prng, 0, bytes.length - 1)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << wholeBetween(prng, 0, 7))
      return flipped
    }
    case 3:
      return Uint8Array.of(...bytes, ...bytes)
    default:
      return Uint8Array.from({ length: wholeBetween(prng, 0, 40) }, () =>
        wholeBetween(prng, 0, 255),
      )
  }
}

/** A request or a reply with random fields. */
export function wellFormed(prng: Prng): Uint8Array {
  const address = wholeBetween(prng, 1, 247)
  const word = wholeBetween(prng, 0, 65_535)
  const words = Array.from({ length: wholeBetween(prng, 1, 14) }, () => word)
  const start = wholeBetween(prng, 0, 65_535)
  switch (wholeBetween(prng, 0, 4)) {
    case 0:
      return encodeReply({ kind: 'registers', address, fn: 3, words })
    case 1:
      return encodeReply({ kind: 'wrote', address, start, count: words.length })
    case 2:
      return encodeReply({ kind: 'exception', address, fn: 4, code: wholeBetween(prng, 1, 11) })
    case 3:
      return encodeRequest({ kind: 'write', address, start, words })
    default:
      return encodeRequest({ kind: 'read', address, fn: 4, start, count: words.length })
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
