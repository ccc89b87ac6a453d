import { seededPrng } from '@baari/shared/testing/seeded-prng'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bcdBytes, bcdNumber } from '../../src/protocols/bcd.ts'
import { crc16Reflected } from '../../src/protocols/crc16.ts'
import {
  createGilbarcoHostCodec,
  encodeReply,
} from '../../src/protocols/gilbarco-two-wire/frame-codec.ts'
import {
  createDartHostCodec,
  createDartPumpDecoder,
  encodeHostFrame,
  encodePumpFrame,
} from '../../src/protocols/wayne-dart/frame-codec.ts'
import { stuffed, unstuffed } from '../../src/protocols/wayne-dart/stuffing.ts'
import { randomHostFrame, randomPumpFrame } from './fuzz/dart-target.ts'
import { randomReply } from './fuzz/gilbarco-target.ts'

const seeds = fc.integer({ min: 0, max: 0xffffffff })
/** Where the reads of a line cut a frame. */
const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 5 })

function cutAt(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const ends = [...places.filter((at) => at < bytes.length).sort((a, b) => a - b), bytes.length]
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

describe('what is sent is what is heard, however the reads cut it', () => {
  it('DART, pump to host', () => {
    fc.assert(
      fc.property(seeds, cuts, (seed, places) => {
        const frame = randomPumpFrame(seededPrng(seed))
        const codec = createDartHostCodec()
        const raw = encodePumpFrame(frame)
        const found = cutAt(raw, places).flatMap((chunk) => codec.feed(chunk))
        expect(found).toEqual([{ kind: 'frame', frame, raw }])
      }),
    )
  })

  it('DART, host to pump', () => {
    fc.assert(
      fc.property(seeds, cuts, (seed, places) => {
        const frame = randomHostFrame(seededPrng(seed))
        const decoder = createDartPumpDecoder()
        const raw = encodeHostFrame(frame)
        const found = cutAt(raw, places).flatMap((chunk) => decoder.feed(chunk))
        expect(found).toEqual([{ kind: 'frame', frame, raw }])
      }),
    )
  })

  it('Gilbarco, pump to host', () => {
    fc.assert(
      fc.property(seeds, cuts, (seed, places) => {
        const frame = randomReply(seededPrng(seed))
        const codec = createGilbarcoHostCodec()
        const command = frame.kind === 'status' ? questionFor(frame.code) : frame.kind
        codec.encode({ kind: 'command', command, pump: 0 })
        const raw = encodeReply(frame)
        const chunks = cutAt(raw, places).flatMap((chunk) => codec.feed(chunk))
        expect([...chunks, ...codec.tick()]).toEqual([{ kind: 'frame', frame, raw }])
      }),
    )
  })
})

/** A command whose word differs from this status, which would pass for its echo otherwise (S07). */
const questionFor = (code: number) => (code === 1 ? 'stop' : 'authorise')

describe('the parts', () => {
  it('stuffing leaves no bare FA and comes back', () => {
    const touchy = fc.array(fc.constantFrom(0xfa, 0x10, 0x03, 0x00, 0x11), { maxLength: 40 })
    fc.assert(
      fc.property(touchy, (bytes) => {
        const sent = Uint8Array.from(stuffed(Uint8Array.from(bytes)))
        expect(sent.every((byte, at) => byte !== 0xfa || sent[at - 1] === 0x10)).toBe(true)
        expect(Array.from(unstuffed(sent))).toEqual(bytes)
      }),
    )
  })

  it('packed decimals come back, and a number that does not fit is refused', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999_999_999 }), (value) => {
        expect(bcdNumber(bcdBytes(value, 5) ?? new Uint8Array(0))).toBe(value)
      }),
    )
    expect(bcdBytes(10_000_000_000, 5)).toBeNull()
    expect(bcdBytes(-1, 5)).toBeNull()
    expect(bcdBytes(1.5, 5)).toBeNull()
    expect(bcdNumber(Uint8Array.of(0x1a))).toBeNull()
    expect(bcdNumber(Uint8Array.of(0xa1))).toBeNull()
  })

  it('the check value of "123456789" is the published one of ARC and MODBUS', () => {
    const digits = new TextEncoder().encode('123456789')
    expect(crc16Reflected(digits, 0)).toBe(0xbb3d)
    expect(crc16Reflected(digits, 0xffff)).toBe(0x4b37)
  })
})
