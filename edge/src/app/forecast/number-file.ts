/** SHA-256, hex. */
export type Hash = (bytes: Uint8Array) => string

type Numbers = Float64Array | Float32Array | Int32Array

const hashBytes = 64
const lengthBytes = 8
const decoder = new TextDecoder()
const encoder = new TextEncoder()

/**
 * A file of numbers as they lie in memory: the hash of the rest, how long the head is, the head, which
 * tells what follows, and each list of numbers at whole words. Only this machine reads it, and a file
 * that is not whole is none.
 */
export function writeNumbers(head: object, lists: readonly Numbers[], hash: Hash): Uint8Array {
  const text = encoder.encode(JSON.stringify(head))
  const parts = [text, ...lists.map(bytesOf)]
  const size = parts.reduce((sum, { length }) => sum + padded(length), lengthBytes)
  const out = new Uint8Array(hashBytes + size)
  const body = out.subarray(hashBytes)
  body.set(encoder.encode(String(text.length).padEnd(lengthBytes)))
  let at = lengthBytes
  for (const part of parts) {
    body.set(part, at)
    at += padded(part.length)
  }
  out.set(encoder.encode(hash(body)))
  return out
}

function bytesOf({ buffer, byteOffset, byteLength }: Numbers): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function padded(length: number): number {
  return 8 * Math.ceil(length / 8)
}

export type NumberFile = {
  readonly head: unknown
  /** The lists in their order; each call reads the next one. Undefined after the end. */
  readonly doubles: (count: number) => Float64Array | undefined
  readonly floats: (count: number) => Float32Array | undefined
  readonly ints: (count: number) => Int32Array | undefined
  readonly isAtEnd: () => boolean
}

/** Undefined unless the file is whole. */
export function readNumbers(given: Uint8Array | undefined, hash: Hash): NumberFile | undefined {
  if (given === undefined || given.length < hashBytes + lengthBytes) return undefined
  // Numbers are read at whole words only, and where the bytes begin is the reader's affair.
  const bytes = given.byteOffset % 8 === 0 ? given : given.slice()
  const body = bytes.subarray(hashBytes)
  if (decoder.decode(bytes.subarray(0, hashBytes)) !== hash(body)) return undefined
  const length = Number(decoder.decode(body.subarray(0, lengthBytes)))
  let at = lengthBytes + padded(length)
  const next = (size: number): number | undefined => {
    const from = at
    at += padded(size)
    return at <= body.length ? body.byteOffset + from : undefined
  }
  const { buffer } = body
  const list =
    <T>(size: number, of: (from: number, count: number) => T) =>
    (count: number): T | undefined => {
      const from = next(size * count)
      return from === undefined ? undefined : of(from, count)
    }
  return {
    head: jsonOf(decoder.decode(body.subarray(lengthBytes, lengthBytes + length))),
    doubles: list(8, (from, count) => new Float64Array(buffer, from, count)),
    floats: list(4, (from, count) => new Float32Array(buffer, from, count)),
    ints: list(4, (from, count) => new Int32Array(buffer, from, count)),
    isAtEnd: () => at === body.length,
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
