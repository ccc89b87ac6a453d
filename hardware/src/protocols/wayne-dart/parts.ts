import { assert } from '@baari/shared/faults/assert'
import { bcdBytes, bcdNumber } from '../bcd.ts'
import { codeOfCommand, commandOfCode, type DartCommand } from './tables.ts'

/** A transaction we have no rule for, as it came. */
export type OtherPart = {
  readonly kind: 'other'
  readonly number: number
  readonly data: Uint8Array
}

/**
 * Transactions of the host, CD in the maker's text. Counts are whole numbers of the last digit on
 * the dispenser's display; the station file says how many decimals that is. The "volume" of a CNG
 * head is mass.
 */
export type HostPart =
  | { readonly kind: 'command'; readonly command: DartCommand }
  | { readonly kind: 'allowed-nozzles'; readonly nozzles: readonly number[] }
  | { readonly kind: 'preset-volume'; readonly volumeCounts: number }
  | { readonly kind: 'preset-amount'; readonly amountCounts: number }
  | { readonly kind: 'price-update'; readonly priceCounts: readonly number[] }
  | { readonly kind: 'request-totals'; readonly nozzle: number }
  | OtherPart

/** Transactions of the pump, DC in the maker's text. */
export type PumpPart =
  /** `code` is the raw byte; `dartState` translates it. */
  | { readonly kind: 'status'; readonly code: number }
  | { readonly kind: 'filling'; readonly volumeCounts: number; readonly amountCounts: number }
  | {
      readonly kind: 'nozzle'
      readonly priceCounts: number
      /** Low half of the nozzle byte. */
      readonly nozzle: number
      /** Bit 4 of the nozzle byte: to be confirmed at commissioning. */
      readonly nozzleOut: boolean
      /** Bits 5 to 7 in place: nobody has told what they mean. */
      readonly spareBits: number
    }
  | {
      readonly kind: 'totals'
      readonly nozzle: number
      readonly totalCounts: number
      readonly meterCounts: readonly [number, number]
    }
  | OtherPart

export type ReadPart<Part> = (number: number, data: Uint8Array) => Part | 'length' | 'digit'

/** A transaction of the host, or what is wrong with it. */
export const readHostPart: ReadPart<HostPart> = (number, data) => {
  switch (number) {
    case 1:
      return readCommand(data)
    case 2:
      return data.length === 0 ? 'length' : { kind: 'allowed-nozzles', nozzles: Array.from(data) }
    case 3:
      return counted(data, 4, (volumeCounts) => ({ kind: 'preset-volume', volumeCounts }))
    case 4:
      return counted(data, 4, (amountCounts) => ({ kind: 'preset-amount', amountCounts }))
    case 5:
      return readPrices(data)
    case 101:
      return data.length === 1 ? { kind: 'request-totals', nozzle: data[0] ?? 0 } : 'length'
    default:
      return { kind: 'other', number, data }
  }
}

/** A transaction of the pump, or what is wrong with it. */
export const readPumpPart: ReadPart<PumpPart> = (number, data) => {
  switch (number) {
    case 1:
      return data.length === 1 ? { kind: 'status', code: data[0] ?? 0 } : 'length'
    case 2:
      return readFilling(data)
    case 3:
      return readNozzle(data)
    case 101:
      return readTotals(data)
    default:
      return { kind: 'other', number, data }
  }
}

/** Transaction number and data of a host's transaction. A quantity that does not fit is a bug. */
export function hostPartBytes(part: HostPart): readonly [number, Uint8Array] {
  switch (part.kind) {
    case 'command':
      return [1, Uint8Array.of(codeOfCommand(part.command))]
    case 'allowed-nozzles':
      return [2, Uint8Array.from(part.nozzles)]
    case 'preset-volume':
      return [3, digits(part.volumeCounts, 4)]
    case 'preset-amount':
      return [4, digits(part.amountCounts, 4)]
    case 'price-update':
      return [5, joined(part.priceCounts.map((price) => digits(price, 3)))]
    case 'request-totals':
      return [101, Uint8Array.of(part.nozzle)]
    case 'other':
      return [part.number, part.data]
  }
}

/** Transaction number and data of a pump's transaction. A quantity that does not fit is a bug. */
export function pumpPartBytes(part: PumpPart): readonly [number, Uint8Array] {
  switch (part.kind) {
    case 'status':
      return [1, Uint8Array.of(part.code)]
    case 'filling':
      return [2, joined([digits(part.volumeCounts, 4), digits(part.amountCounts, 4)])]
    case 'nozzle': {
      const nozzleByte = part.nozzle | (part.nozzleOut ? 0x10 : 0) | part.spareBits
      return [3, joined([digits(part.priceCounts, 3), Uint8Array.of(nozzleByte)])]
    }
    case 'totals': {
      const counters = [part.totalCounts, ...part.meterCounts].map((count) => digits(count, 5))
      return [101, joined([Uint8Array.of(part.nozzle), ...counters])]
    }
    case 'other':
      return [part.number, part.data]
  }
}

function readCommand(data: Uint8Array): HostPart | 'length' {
  if (data.length !== 1) return 'length'
  const command = commandOfCode(data[0] ?? 0)
  return command === null ? { kind: 'other', number: 1, data } : { kind: 'command', command }
}

function readPrices(data: Uint8Array): HostPart | 'length' | 'digit' {
  if (data.length === 0 || data.length % 3 !== 0) return 'length'
  const prices = Array.from({ length: data.length / 3 }, (_, index) => numberAt(data, index * 3, 3))
  const priceCounts = prices.filter((price) => price !== null)
  return priceCounts.length === prices.length ? { kind: 'price-update', priceCounts } : 'digit'
}

function readFilling(data: Uint8Array): PumpPart | 'length' | 'digit' {
  if (data.length !== 8) return 'length'
  const volumeCounts = numberAt(data, 0, 4)
  const amountCounts = numberAt(data, 4, 4)
  if (volumeCounts === null || amountCounts === null) return 'digit'
  return { kind: 'filling', volumeCounts, amountCounts }
}

function readNozzle(data: Uint8Array): PumpPart | 'length' | 'digit' {
  if (data.length !== 4) return 'length'
  const priceCounts = numberAt(data, 0, 3)
  if (priceCounts === null) return 'digit'
  const nozzleByte = data[3] ?? 0
  return {
    kind: 'nozzle',
    priceCounts,
    nozzle: nozzleByte & 0x0f,
    nozzleOut: (nozzleByte & 0x10) !== 0,
    spareBits: nozzleByte & 0xe0,
  }
}

function readTotals(data: Uint8Array): PumpPart | 'length' | 'digit' {
  if (data.length !== 16) return 'length'
  const totalCounts = numberAt(data, 1, 5)
  const first = numberAt(data, 6, 5)
  const second = numberAt(data, 11, 5)
  if (totalCounts === null || first === null || second === null) return 'digit'
  return { kind: 'totals', nozzle: data[0] ?? 0, totalCounts, meterCounts: [first, second] }
}

function counted(
  data: Uint8Array,
  length: number,
  make: (count: number) => HostPart,
): HostPart | 'length' | 'digit' {
  if (data.length !== length) return 'length'
  const count = bcdNumber(data)
  return count === null ? 'digit' : make(count)
}

function numberAt(data: Uint8Array, from: number, length: number): number | null {
  return bcdNumber(data.subarray(from, from + length))
}

function digits(value: number, length: number): Uint8Array {
  const bytes = bcdBytes(value, length)
  assert(bytes !== null, `a count that does not fit ${length * 2} digits`)
  return bytes
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => Array.from(piece)))
}
