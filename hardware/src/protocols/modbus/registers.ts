import { bcdBytes, bcdNumber } from '../bcd.ts'
import { wordAt, wordBytes } from './frames.ts'

/**
 * Order of the bytes A (most significant) to D on the wire, by our definition: ABCD is big-endian.
 * The names are not portable: what libmodbus calls "abcd" is BADC here (hardware.md section 5.2).
 * For eight bytes the same rule applies: CDAB swaps the registers, BADC the bytes in each register,
 * DCBA both.
 */
export const wordOrders = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const
export type WordOrder = (typeof wordOrders)[number]

export const registerTypes = [
  'u16',
  's16',
  'u32',
  's32',
  'u64',
  'float32',
  'float64',
  'bcd32',
  'bcd64',
] as const
export type RegisterType = (typeof registerTypes)[number]

export type RegisterForm = { readonly type: RegisterType; readonly order: WordOrder }

const registerCounts: Readonly<Record<RegisterType, number>> = {
  u16: 1,
  s16: 1,
  u32: 2,
  s32: 2,
  u64: 4,
  float32: 2,
  float64: 4,
  bcd32: 2,
  bcd64: 4,
}

export function registersOf(type: RegisterType): number {
  return registerCounts[type]
}

/**
 * The number in these registers, or null when they hold none that can be trusted: NaN, infinity
 * (M03), a non-decimal BCD digit, or an integer beyond 2^53 - 1. Never a wrong number.
 */
export function decodeRegisters(words: readonly number[], form: RegisterForm): number | null {
  if (words.length !== registersOf(form.type)) return null
  const bytes = bigEndian(words, form.order)
  const view = new DataView(bytes.buffer)
  switch (form.type) {
    case 'u16':
      return view.getUint16(0)
    case 's16':
      return view.getInt16(0)
    case 'u32':
      return view.getUint32(0)
    case 's32':
      return view.getInt32(0)
    case 'u64':
      return safeNumber(view.getBigUint64(0))
    case 'float32':
      return finite(view.getFloat32(0))
    case 'float64':
      return finite(view.getFloat64(0))
    case 'bcd32':
    case 'bcd64':
      return bcdNumber(bytes)
  }
}

/** Registers that decode to `value`; null when the type cannot hold it. */
export function encodeRegisters(value: number, form: RegisterForm): readonly number[] | null {
  const bytes = new Uint8Array(registersOf(form.type) * 2)
  const view = new DataView(bytes.buffer)
  if (form.type === 'float32') view.setFloat32(0, value)
  else if (form.type === 'float64') view.setFloat64(0, value)
  else if (!encodeWhole(value, form.type, bytes)) return null
  return ordered(bytes, form.order)
}

function encodeWhole(value: number, type: RegisterType, bytes: Uint8Array): boolean {
  if (!Number.isSafeInteger(value)) return false
  if (type === 'bcd32' || type === 'bcd64') {
    const digits = bcdBytes(value, bytes.length)
    if (digits !== null) bytes.set(digits)
    return digits !== null
  }
  const bits = bytes.length * 8
  const signed = type === 's16' || type === 's32'
  const low = signed ? -(2 ** (bits - 1)) : 0
  const high = 2 ** (signed ? bits - 1 : bits)
  if (value < low || value >= high) return false
  let rest = BigInt.asUintN(bits, BigInt(value))
  for (let index = bytes.length - 1; index >= 0; index -= 1) {
    bytes[index] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return true
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

function safeNumber(value: bigint): number | null {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : null
}

function swapped(word: number): number {
  return ((word & 0xff) << 8) | (word >>> 8)
}

function arranged(words: readonly number[], order: WordOrder): readonly number[] {
  const inOrder = order === 'CDAB' || order === 'DCBA' ? words.toReversed() : words
  return order === 'BADC' || order === 'DCBA' ? inOrder.map(swapped) : inOrder
}

function bigEndian(words: readonly number[], order: WordOrder): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(wordBytes(arranged(words, order)))
}

/** Each order is its own inverse, so arranging the big-endian words gives the wire's. */
function ordered(bytes: Uint8Array, order: WordOrder): readonly number[] {
  const words = Array.from({ length: bytes.length / 2 }, (_, index) => wordAt(bytes, index * 2))
  return arranged(words, order)
}
