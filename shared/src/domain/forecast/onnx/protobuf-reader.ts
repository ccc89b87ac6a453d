/** One field of a message as it stands in the bytes. */
export type ProtobufField =
  | { readonly field: number; readonly wire: 'varint'; readonly value: number }
  | { readonly field: number; readonly wire: 'bytes'; readonly bytes: Uint8Array }
  | { readonly field: number; readonly wire: 'fixed32'; readonly value: number }
  | { readonly field: number; readonly wire: 'fixed64' }

/**
 * Hands every field of a message to `take`, in the order of the bytes. Nothing is copied, and no
 * length is believed that the bytes do not have.
 * @returns false when the bytes are no message: a tag or length that runs out, a group, a number
 *   past 2^53
 */
export function eachField(bytes: Uint8Array, take: (field: ProtobufField) => void): boolean {
  const at: Cursor = { bytes, place: 0 }
  while (at.place < bytes.length) {
    const tag = varint(at)
    if (tag === undefined || tag < 8) return false
    const read = fieldOf(at, { field: Math.floor(tag / 8), wire: tag % 8 })
    if (read === undefined) return false
    take(read)
  }
  return true
}

type Cursor = { readonly bytes: Uint8Array; place: number }

function fieldOf(
  at: Cursor,
  { field, wire }: { readonly field: number; readonly wire: number },
): ProtobufField | undefined {
  if (wire === 0) {
    const value = varint(at)
    return value === undefined ? undefined : { field, wire: 'varint', value }
  }
  if (wire === 2) {
    const length = varint(at)
    const bytes = length === undefined ? undefined : take(at, length)
    return bytes && { field, wire: 'bytes', bytes }
  }
  if (wire === 5) {
    const four = take(at, 4)
    return four && { field, wire: 'fixed32', value: viewOf(four).getFloat32(0, true) }
  }
  return wire === 1 && take(at, 8) !== undefined ? { field, wire: 'fixed64' } : undefined
}

function take(at: Cursor, length: number): Uint8Array | undefined {
  const end = at.place + length
  if (end > at.bytes.length) return undefined
  const taken = at.bytes.subarray(at.place, end)
  at.place = end
  return taken
}

/** Undefined past the end of the bytes and past what a number holds exactly. */
function varint(at: Cursor): number | undefined {
  let value = 0
  let scale = 1
  for (let count = 0; count < 8; count += 1) {
    const byte = at.bytes[at.place]
    if (byte === undefined) return undefined
    at.place += 1
    value += (byte & 127) * scale
    if (byte < 128) return Number.isSafeInteger(value) ? value : undefined
    scale *= 128
  }
  return undefined
}

/** Packed whole numbers; undefined when the bytes end inside one. */
export function packedVarints(bytes: Uint8Array): Int32Array | undefined {
  const at: Cursor = { bytes, place: 0 }
  const values: number[] = []
  while (at.place < bytes.length) {
    const value = varint(at)
    if (value === undefined || value > 0x7fff_ffff) return undefined
    values.push(value)
  }
  return Int32Array.from(values)
}

/** Packed 32-bit floats; undefined when the length is no multiple of four. */
export function packedFloats(bytes: Uint8Array): Float32Array | undefined {
  if (bytes.length % 4 !== 0) return undefined
  const view = viewOf(bytes)
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(4 * at, true))
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
