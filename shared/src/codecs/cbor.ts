import { assert } from '../faults/assert.ts'

/**
 * The part of CBOR (RFC 8949) a token needs: integers, byte strings, printable ASCII text, arrays
 * and maps with integer keys, in core deterministic encoding (section 4.2.1) and nothing else.
 *
 * This is our own because cbor-x cannot refuse: it reads indefinite lengths, integers longer than
 * needed, duplicate keys, tags and floats, and throws on bad input. A token must have exactly one
 * spelling, otherwise one booking could be two texts. cbor-x is the independent reader of the tests.
 */
export type CborValue = number | string | Uint8Array | readonly CborValue[] | CborMap

/** A map in the order of its encoded keys; integer keys only. */
export type CborMap = { readonly entries: readonly CborEntry[] }
export type CborEntry = readonly [key: number, value: CborValue]

const major = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5 } as const

/** Claims in a payload in a COSE array: no honest token nests deeper or counts higher. */
const maxDepth = 4
const maxItems = 16

export function cborMap(entries: readonly CborEntry[]): CborMap {
  return { entries }
}

export function isArray(value: CborValue | undefined): value is readonly CborValue[] {
  return Array.isArray(value)
}

/** Arrays and byte strings have an `entries` method too, so the field alone would not tell. */
export function isMap(value: CborValue | undefined): value is CborMap {
  return typeof value === 'object' && !isArray(value) && !(value instanceof Uint8Array)
}

/** Deterministic bytes of a value. Map entries must already stand in the order of their keys. */
export function cborOf(value: CborValue): Uint8Array {
  return Uint8Array.from(written(value))
}

function written(value: CborValue): readonly number[] {
  if (typeof value === 'number') {
    assert(Number.isSafeInteger(value), 'CBOR carries whole numbers only')
    return value >= 0 ? head(major.unsigned, value) : head(major.negative, -1 - value)
  }
  if (typeof value === 'string') {
    assert(isPlainText(value), 'CBOR text is printable ASCII here')
    return [...head(major.text, value.length), ...Array.from(value, (c) => c.charCodeAt(0))]
  }
  if (value instanceof Uint8Array) return [...head(major.bytes, value.length), ...value]
  if (isMap(value)) return writtenMap(value)
  return [...head(major.array, value.length), ...value.flatMap(written)]
}

function writtenMap({ entries }: CborMap): readonly number[] {
  const keys = entries.map(([key]) => written(key))
  keys.forEach((key, i) => {
    const previous = keys[i - 1]
    assert(previous === undefined || isBefore(previous, key), 'CBOR map keys ascend')
  })
  return [
    ...head(major.map, entries.length),
    ...entries.flatMap(([, value], i) => [...(keys[i] ?? []), ...written(value)]),
  ]
}

/** Initial byte and argument in the shortest form (RFC 8949 section 3). */
function head(type: number, argument: number): readonly number[] {
  assert(argument <= 0xffff_ffff, 'CBOR arguments fit 32 bits here')
  const first = type * 32
  if (argument < 24) return [first + argument]
  const size = argument <= 0xff ? 1 : argument <= 0xffff ? 2 : 4
  const bytes = Array.from(
    { length: size },
    (_, i) => Math.floor(argument / 256 ** (size - 1 - i)) % 256,
  )
  return [first + 24 + Math.log2(size), ...bytes]
}

function isPlainText(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

/** Bytewise order of encoded keys; the shorter one first where one begins the other. */
function isBefore(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return a.length < b.length
}

/** What was read and where the next item begins; undefined is "not our CBOR". */
type Read<T> = { readonly value: T; readonly next: number } | undefined
type Spot = { readonly bytes: Uint8Array; readonly at: number; readonly depth: number }

/** The one value these bytes spell, or undefined for any other spelling, excess or shortage. */
export function readCbor(bytes: Uint8Array): CborValue | undefined {
  const read = readValue({ bytes, at: 0, depth: 0 })
  return read !== undefined && read.next === bytes.length ? read.value : undefined
}

function readValue(spot: Spot): Read<CborValue> {
  const first = spot.bytes[spot.at]
  if (first === undefined || spot.depth > maxDepth) return undefined
  const argument = readArgument(spot, first & 31)
  if (argument === undefined) return undefined
  const { value: count, next } = argument
  switch (first >> 5) {
    case major.unsigned:
      return argument
    case major.negative:
      return { value: -1 - count, next }
    case major.bytes:
      return readBytes(spot, argument)
    case major.text:
      return readText(spot, argument)
    case major.array:
      return readArray(spot, argument)
    case major.map:
      return readMap(spot, argument)
    default:
      return undefined
  }
}

type Argument = { readonly value: number; readonly next: number }

function readArgument({ bytes, at }: Spot, low: number): Read<number> {
  if (low < 24) return { value: low, next: at + 1 }
  // 27 is a 64-bit argument, 28-30 are reserved, 31 is an indefinite length: none is ours.
  if (low > 26) return undefined
  const size = 2 ** (low - 24)
  if (at + size >= bytes.length) return undefined
  const value = bytes.subarray(at + 1, at + 1 + size).reduce((sum, byte) => sum * 256 + byte, 0)
  const smallest = size === 1 ? 24 : 256 ** (size / 2)
  return value < smallest ? undefined : { value, next: at + 1 + size }
}

function readBytes({ bytes }: Spot, { value: count, next }: Argument): Read<Uint8Array> {
  if (next + count > bytes.length) return undefined
  return { value: bytes.slice(next, next + count), next: next + count }
}

function readText(spot: Spot, argument: Argument): Read<string> {
  const raw = readBytes(spot, argument)
  if (raw === undefined) return undefined
  const value = String.fromCharCode(...raw.value)
  return isPlainText(value) ? { value, next: raw.next } : undefined
}

function readArray(spot: Spot, { value: count, next: start }: Argument): Read<CborValue> {
  if (count > maxItems) return undefined
  const items: CborValue[] = []
  let at = start
  for (let i = 0; i < count; i += 1) {
    const item = readValue({ bytes: spot.bytes, at, depth: spot.depth + 1 })
    if (item === undefined) return undefined
    items.push(item.value)
    at = item.next
  }
  return { value: items, next: at }
}

function readMap(spot: Spot, { value: count, next: start }: Argument): Read<CborMap> {
  if (count > maxItems) return undefined
  const entries: CborEntry[] = []
  let at = start
  let previous: readonly number[] = []
  for (let i = 0; i < count; i += 1) {
    const key = readValue({ bytes: spot.bytes, at, depth: maxDepth })
    if (key === undefined || typeof key.value !== 'number') return undefined
    const raw = Array.from(spot.bytes.subarray(at, key.next))
    if (i > 0 && !isBefore(previous, raw)) return undefined
    const item = readValue({ bytes: spot.bytes, at: key.next, depth: spot.depth + 1 })
    if (item === undefined) return undefined
    entries.push([key.value, item.value])
    previous = raw
    at = item.next
  }
  return { value: { entries }, next: at }
}
