import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  createModbusMasterCodec,
  createModbusSlaveDecoder,
  encodeReply,
  encodeRequest,
} from '../../../src/protocols/modbus/frame-codec.ts'
import { hexText, type ModbusReply } from '../../../src/protocols/modbus/frames.ts'
import { decodeRegisters } from '../../../src/protocols/modbus/registers.ts'
import { bytesOfHex, vectorFile } from '../../vectors/vector-files.ts'
import { fuzzFrameDecoders } from './fuzz-frames.ts'

const vectors = vectorFile(
  'modbus_vectors.json',
  z.object({
    read_247_260: z.object({
      request: z.string(),
      response: z.string(),
      decoded: z.record(z.string(), z.number()),
    }),
    exceptions: z.record(z.string(), z.string()),
    write_preset: z.object({ fc16: z.string() }),
    torn: z.array(z.string()),
  }),
)
const response = bytesOfHex(vectors.read_247_260.response)

function decodeAll(...chunks: readonly Uint8Array[]) {
  const codec = createModbusMasterCodec()
  return chunks.flatMap((chunk) => codec.feed(chunk))
}

function framesOf(found: ReturnType<typeof decodeAll>): ModbusReply[] {
  return found.flatMap((item) => (item.kind === 'frame' ? [item.frame] : []))
}

describe('vectors', () => {
  it('the request for registers 247 to 260 has the bytes libmodbus answered', () => {
    const request = { kind: 'read', address: 1, fn: 3, start: 246, count: 14 } as const
    expect(hexText(encodeRequest(request))).toBe(vectors.read_247_260.request)
    expect(createModbusSlaveDecoder().feed(bytesOfHex(vectors.read_247_260.request))).toMatchObject(
      [{ kind: 'frame', frame: request }],
    )
  })

  it('its reply decodes to the recorded flow, density, temperature and total', () => {
    const [reply] = framesOf(decodeAll(response))
    if (reply?.kind !== 'registers') throw new Error('no registers')
    const float = (index: number) =>
      decodeRegisters(reply.words.slice(index, index + 2), { type: 'float32', order: 'ABCD' })
    const { decoded } = vectors.read_247_260
    expect(float(0)).toBeCloseTo(decoded['mass_flow'] ?? 0, 4)
    expect(float(2)).toBeCloseTo(decoded['density'] ?? 0, 4)
    expect(float(4)).toBeCloseTo(decoded['temperature'] ?? 0, 4)
    expect(float(12)).toBeCloseTo(decoded['mass_total'] ?? 0, 1)
    expect(hexText(encodeReply(reply))).toBe(vectors.read_247_260.response)
  })

  it.each(Object.entries(vectors.exceptions))(
    'S08 the exception "%s" is an exception and no value',
    (_, hex) => {
      const found = framesOf(decodeAll(bytesOfHex(hex)))
      expect(found).toMatchObject([{ kind: 'exception', address: 1, fn: 3 }])
      expect(found.map((frame) => hexText(encodeReply(frame)))).toEqual([hex])
    },
  )

  it('the preset write has the recorded bytes and reads back the same', () => {
    const request = { kind: 'write', address: 1, start: 500, words: [0x4100, 0] } as const
    expect(hexText(encodeRequest(request))).toBe(vectors.write_preset.fc16)
    expect(createModbusSlaveDecoder().feed(encodeRequest(request))).toMatchObject([
      { kind: 'frame', frame: request },
    ])
  })

  it.each(vectors.torn)('S03 the torn frame %s is never decoded in part', (hex) => {
    const codec = createModbusMasterCodec()
    const found = [...codec.feed(bytesOfHex(hex)), ...codec.tick()]
    expect(framesOf(found)).toEqual([])
  })
})

describe('dirty lines', () => {
  it('S01 noise before and after a frame is counted and costs no frame', () => {
    const found = decodeAll(Uint8Array.of(0, 0xff, 0xfe), response, Uint8Array.of(0, 0))
    expect(found.map((item) => item.kind)).toEqual(['noise', 'frame', 'noise'])
  })

  it('S02 every single damaged byte is refused', () => {
    for (let index = 0; index < response.length; index += 1) {
      const damaged = Uint8Array.from(response)
      damaged[index] = (damaged[index] ?? 0) ^ 0x10
      expect(framesOf(decodeAll(damaged)), `byte ${index}`).toEqual([])
    }
  })

  it('S02 a check value off by one is reported as damaged', () => {
    const damaged = Uint8Array.from(response)
    damaged[damaged.length - 2] = (damaged.at(-2) ?? 0) + 1
    expect(decodeAll(damaged)).toMatchObject([{ kind: 'damaged', raw: damaged }])
  })

  it('S03 a frame cut after any byte is not decoded, and joins when the rest comes', () => {
    for (let cut = 1; cut < response.length; cut += 1) {
      const codec = createModbusMasterCodec()
      expect(framesOf([...codec.feed(response.subarray(0, cut)), ...codec.tick()])).toEqual([])
      expect(framesOf([...codec.feed(response.subarray(cut))])).toHaveLength(1)
    }
  })

  it('S03 a frame that arrives byte by byte is decoded once', () => {
    const bytes = Array.from(response, (byte) => Uint8Array.of(byte))
    expect(framesOf(decodeAll(...bytes))).toHaveLength(1)
  })

  it('S04 two frames glued in one read are both decoded', () => {
    expect(framesOf(decodeAll(Uint8Array.of(...response, ...response)))).toHaveLength(2)
  })

  it('S01 a good frame behind a torn one is found when the line falls silent', () => {
    const codec = createModbusMasterCodec()
    const torn = Uint8Array.of(1, 3, 250, 9, 9)
    expect(framesOf([...codec.feed(torn), ...codec.feed(response)])).toEqual([])
    expect(framesOf([...codec.tick()])).toHaveLength(1)
  })

  it('S07 our own request is not taken for a reply', () => {
    expect(framesOf(decodeAll(bytesOfHex(vectors.read_247_260.request)))).toEqual([])
  })

  it('an address out of range and a length beyond the frame are refused', () => {
    const foreign = encodeReply({ kind: 'registers', address: 250, fn: 3, words: [1] })
    expect(framesOf(decodeAll(foreign))).toEqual([])
    const long = Uint8Array.from(response)
    long[2] = 30
    expect(framesOf(decodeAll(long))).toEqual([])
  })
})

it('S14 a minute of 0x00 and 0xFF at 115200 baud keeps less than one frame in memory', () => {
  const decoder = createModbusSlaveDecoder()
  const flood = new Uint8Array(64 * 1024).fill(0xff)
  flood.fill(0, 0, 32 * 1024)
  for (let chunk = 0; chunk < 10; chunk += 1) {
    expect(decoder.feed(flood).every((item) => item.kind === 'noise')).toBe(true)
    expect(decoder.pending()).toBeLessThan(512)
  }
})

it('100,000 seeded inputs neither throw nor grow, and no decoded frame differs from its bytes', () => {
  const outcome = fuzzFrameDecoders({ inputs: 100_000, seed: 1 })
  expect(outcome.mismatches).toBe(0)
  expect(outcome.frames).toBeGreaterThan(10_000)
  expect(outcome.longestPending).toBeLessThan(512)
})
