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
  const out: number[] = []
  write(value, out)
  return Uint8Array.from(out)
}

function write(value: CborValue, out: number[]): void {
  if (typeof value === 'number') return writeInteger(value, out)
  if (typeof value === 'string') return writeText(value, out)
  if (value instanceof Uint8Array) {
    writeHead(major.bytes, value.length, out)
    for (const byte of value) out.push(byte)
    return
  }
  if (isMap(value)) return writeMap(value, out)
  writeHead(major.array, value.length, out)
  for (const item of value) write(item, out)
}

function writeInteger(value: number, out: number[]): void {
  assert(Number.isSafeInteger(value), 'CBOR carries whole numbers only')
  if (value >= 0) writeHead(major.unsigned, value, out)
  else writeHead(major.negative, -1 - value, out)
}

function writeText(text: string, out: number[]): void {
  assert(isPlainText(text), 'CBOR text is printable ASCII here')
  writeHead(major.text, text.length, out)
  for (let i = 0; i < text.length; i += 1) out.push(text.charCodeAt(i))
}

function writeMap({ entries }: CborMap, out: number[]): void {
  writeHead(major.map, entries.length, out)
  let previous: Span | undefined
  for (const [key, value] of entries) {
    const start = out.length
    writeInteger(key, out)
    const span = { start, end: out.length }
    assert(previous === undefined || isBefore(out, previous, span), 'CBOR map keys ascend')
    previous = span
    write(value, out)
  }
}

/** Initial byte and argument in the shortest form (RFC 8949 section 3). */
function writeHead(type: number, argument: number, out: number[]): void {
  assert(argument <= 0xffff_ffff, 'CBOR arguments fit 32 bits here')
  const first = type * 32
  if (argument < 24) {
    out.push(first + argument)
    return
  }
  const size = argument <= 0xff ? 1 : argument <= 0xffff ? 2 : 4
  out.push(first + (size === 1 ? 24 : size === 2 ? 25 : 26))
  for (let shift = (size - 1) * 8; shift >= 0; shift -= 8) out.push((argument >>> shift) & 0xff)
}

function isPlainText(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

/** Where an encoded key stands among the bytes. */
type Span = { readonly start: number; readonly end: number }

/** Bytewise order of encoded keys; the shorter one first where one begins the other. */
function isBefore(bytes: ArrayLike<number>, a: Span, b: Span): boolean {
  const [aLength, bLength] = [a.end - a.start, b.end - b.start]
  for (let i = 0; i < Math.min(aLength, bLength); i += 1) {
    const difference = (bytes[a.start + i] ?? 0) - (bytes[b.start + i] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return aLength < bLength
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
  let value = 0
  for (let i = 1; i <= size; i += 1) value = value * 256 + (bytes[at + i] ?? 0)
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
  let previous: Span | undefined
  for (let i = 0; i < count; i += 1) {
    const key = readValue({ bytes: spot.bytes, at, depth: maxDepth })
    if (key === undefined || typeof key.value !== 'number') return undefined
    const span = { start: at, end: key.next }
    if (previous !== undefined && !isBefore(spot.bytes, previous, span)) return undefined
    const item = readValue({ bytes: spot.bytes, at: key.next, depth: spot.depth + 1 })
    if (item === undefined) return undefined
    entries.push([key.value, item.value])
    previous = span
    at = item.next
  }
  return { value: { entries }, next: at }
}
