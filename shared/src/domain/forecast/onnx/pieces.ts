/** Bytes of a message in their order, not yet put together. */
export type Pieces = readonly Uint8Array[]

/** The pieces as one field of a message: with tag and length before them. */
export function framed(field: number, pieces: Pieces): Pieces {
  return [Uint8Array.from([...varint(8 * field + 2), ...varint(lengthOf(pieces))]), ...pieces]
}

/** A whole number as a field. */
export function framedNumber(field: number, value: number): Pieces {
  return [Uint8Array.from([...varint(8 * field), ...varint(value)])]
}

/** One copy, of exactly the length of all. */
export function joined(pieces: Pieces): Uint8Array {
  const out = new Uint8Array(lengthOf(pieces))
  let at = 0
  for (const piece of pieces) {
    out.set(piece, at)
    at += piece.length
  }
  return out
}

function lengthOf(pieces: Pieces): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}

function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}
