import type { Prng } from '@baari/shared/runtime/chance'
import { wholeBetween } from '@baari/shared/testing/seeded-prng'
import {
  createDartHostCodec,
  createDartPumpDecoder,
  encodeHostFrame,
  encodePumpFrame,
} from '../../../src/protocols/wayne-dart/frame-codec.ts'
import type { DartHostFrame, DartPumpFrame } from '../../../src/protocols/wayne-dart/frames.ts'
import type { HostPart, PumpPart } from '../../../src/protocols/wayne-dart/parts.ts'
import { dartCommands } from '../../../src/protocols/wayne-dart/tables.ts'
import { streamOf, type FuzzTarget, type GoodFrame } from './fuzz-target.ts'

export const dartHostTarget: FuzzTarget = {
  protocol: 'wayne-dart-host',
  good: (chance) => goodFrame(encodeHostFrame(randomHostFrame(chance))),
  streams: () => [],
}

export const dartPumpTarget: FuzzTarget = {
  protocol: 'wayne-dart-pump',
  good: (chance) => goodFrame(encodePumpFrame(randomPumpFrame(chance))),
  streams: () => [],
}

export const dartTarget: FuzzTarget = {
  protocol: 'wayne-dart',
  good: (chance) => (chance.next() < 0.5 ? dartHostTarget : dartPumpTarget).good(chance),
  streams: () => [
    streamOf(createDartHostCodec(), encodePumpFrame),
    streamOf(createDartPumpDecoder(), encodeHostFrame),
  ],
}

/** Of a stuffed check value these are its last bytes all the same. */
function goodFrame(bytes: Uint8Array): GoodFrame {
  const isData = ((bytes[1] ?? 0) & 0xf0) === 0x30
  return { bytes, checkAt: isData ? [bytes.length - 4, bytes.length - 3] : [] }
}

export function randomHostFrame(chance: Prng): DartHostFrame {
  const { address, sequence } = randomHead(chance)
  switch (wholeBetween(chance, 0, 5)) {
    case 0:
      return { kind: 'poll', address }
    case 1:
      return { kind: 'ack', address, sequence }
    case 2:
      return { kind: 'ack-poll', address, sequence }
    default:
      return { kind: 'data', address, sequence, parts: several(chance, randomHostPart) }
  }
}

export function randomPumpFrame(chance: Prng): DartPumpFrame {
  const { address, sequence } = randomHead(chance)
  switch (wholeBetween(chance, 0, 5)) {
    case 0:
      return { kind: 'eot', address, sequence }
    case 1:
      return { kind: 'ack', address, sequence }
    case 2:
      return { kind: 'nak', address, sequence }
    default:
      return { kind: 'data', address, sequence, parts: several(chance, randomPumpPart) }
  }
}

function randomHead(chance: Prng): { readonly address: number; readonly sequence: number } {
  return { address: wholeBetween(chance, 0x50, 0x6f), sequence: wholeBetween(chance, 0, 15) }
}

function several<T>(chance: Prng, make: (chance: Prng) => T): readonly T[] {
  return Array.from({ length: wholeBetween(chance, 1, 4) }, () => make(chance))
}

function randomHostPart(chance: Prng): HostPart {
  switch (wholeBetween(chance, 0, 6)) {
    case 0:
      return { kind: 'allowed-nozzles', nozzles: several(chance, randomByte) }
    case 1:
      return { kind: 'preset-volume', volumeCounts: wholeBetween(chance, 0, 99_999_999) }
    case 2:
      return { kind: 'preset-amount', amountCounts: wholeBetween(chance, 0, 99_999_999) }
    case 3:
      return { kind: 'price-update', priceCounts: several(chance, randomPrice) }
    case 4:
      return { kind: 'request-totals', nozzle: randomByte(chance) }
    case 5:
      return randomOther(chance)
    default: {
      const command = dartCommands[wholeBetween(chance, 0, dartCommands.length - 1)] ?? 'stop'
      return { kind: 'command', command }
    }
  }
}

function randomPumpPart(chance: Prng): PumpPart {
  const counter = (): number => wholeBetween(chance, 0, 9_999_999_999)
  switch (wholeBetween(chance, 0, 4)) {
    case 0:
      return { kind: 'status', code: randomByte(chance) }
    case 1: {
      const amountCounts = wholeBetween(chance, 0, 99_999_999)
      return { kind: 'filling', volumeCounts: wholeBetween(chance, 0, 99_999_999), amountCounts }
    }
    case 2: {
      const nozzleByte = randomByte(chance)
      return {
        kind: 'nozzle',
        priceCounts: randomPrice(chance),
        nozzle: nozzleByte & 0x0f,
        nozzleOut: (nozzleByte & 0x10) !== 0,
        spareBits: nozzleByte & 0xe0,
      }
    }
    case 3: {
      const meterCounts = [counter(), counter()] as const
      return { kind: 'totals', nozzle: randomByte(chance), totalCounts: counter(), meterCounts }
    }
    default:
      return randomOther(chance)
  }
}

/** Bytes that stuffing has to treat with care come more often than others. */
function randomOther(chance: Prng): Extract<PumpPart, { kind: 'other' }> {
  const touchy = [0xfa, 0x10, 0x03]
  const data = Array.from({ length: wholeBetween(chance, 0, 20) }, () =>
    chance.next() < 0.4 ? (touchy[wholeBetween(chance, 0, 2)] ?? 0) : randomByte(chance),
  )
  return { kind: 'other', number: wholeBetween(chance, 6, 100), data: Uint8Array.from(data) }
}

function randomByte(chance: Prng): number {
  return wholeBetween(chance, 0, 255)
}

function randomPrice(chance: Prng): number {
  return wholeBetween(chance, 0, 999_999)
}
