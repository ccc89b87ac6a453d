import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  createDartHostCodec,
  createDartPumpDecoder,
  encodeHostFrame,
  encodePumpFrame,
  nakOf,
} from '../../../src/protocols/wayne-dart/frame-codec.ts'
import type { DartHostFrame, DartPumpFrame } from '../../../src/protocols/wayne-dart/frames.ts'
import type { PumpPart } from '../../../src/protocols/wayne-dart/parts.ts'
import { crc16Reflected } from '../../../src/protocols/crc16.ts'
import { hexText } from '../../../src/protocols/modbus/frames.ts'
import type { Decoded } from '../../../src/ports/bus.ts'
import { thirdPartyFile } from '../../vectors/third-party.ts'
import { bytesOfHex, vectorFile } from '../../vectors/vector-files.ts'

const built = vectorFile(
  'dart_built.json',
  z.object({ frames: z.array(z.object({ name: z.string(), hex: z.string() })) }),
).frames
const bytesNamed = (start: string): Uint8Array =>
  bytesOfHex(built.find(({ name }) => name.startsWith(start))?.hex ?? '')

const captured = thirdPartyFile(
  'dart_vectors.json',
  z.object({
    status_codes: z.record(z.string(), z.string()),
    commands: z.record(z.string(), z.string()),
    data_frames: z.array(
      z.object({
        hex: z.string(),
        adr: z.number(),
        seq: z.number(),
        direction: z.enum(['host->pump', 'pump->host']),
        transactions: z.array(z.object({ trans: z.number(), len: z.number(), data: z.string() })),
      }),
    ),
    control_frames: z.array(z.object({ hex: z.string(), meaning: z.string() })),
    commands_built: z.array(z.object({ hex: z.string() })),
  }),
)

const framesOf = <F>(found: readonly Decoded<F>[]): F[] =>
  found.flatMap((item) => (item.kind === 'frame' ? [item.frame] : []))
const fromPump = (...chunks: readonly Uint8Array[]): readonly Decoded<DartPumpFrame>[] => {
  const codec = createDartHostCodec()
  return chunks.flatMap((chunk) => codec.feed(chunk))
}
const fromHost = (...chunks: readonly Uint8Array[]): readonly Decoded<DartHostFrame>[] => {
  const decoder = createDartPumpDecoder()
  return chunks.flatMap((chunk) => decoder.feed(chunk))
}

/** A frame of these transactions, stuffing left out: none of the bytes here is FA. */
function blockOf(body: readonly number[]): Uint8Array {
  const crc = crc16Reflected(Uint8Array.from(body), 0)
  return Uint8Array.of(...body, crc & 0xff, crc >>> 8, 0x03, 0xfa)
}

describe('built frames', () => {
  const commands: readonly (readonly [string, DartHostFrame])[] = [
    ['RETURN_STATUS', block(0, { kind: 'command', command: 'return-status' })],
    ['RESET', block(1, { kind: 'command', command: 'reset' })],
    ['AUTHORIZE', block(2, { kind: 'command', command: 'authorise' })],
    ['STOP', block(3, { kind: 'command', command: 'stop' })],
    ['SUSPEND', block(4, { kind: 'command', command: 'suspend' })],
    ['RESUME', block(5, { kind: 'command', command: 'resume' })],
    ['ALLOWED_NOZZLE', block(6, { kind: 'allowed-nozzles', nozzles: [1] })],
    ['PRESET_VOLUME', block(7, { kind: 'preset-volume', volumeCounts: 800 })],
    ['PRESET_AMOUNT', block(8, { kind: 'preset-amount', amountCounts: 50_000 })],
  ]
  const replies: readonly (readonly [string, DartPumpFrame])[] = [
    ['DC1', { kind: 'data', address: 0x50, sequence: 9, parts: [{ kind: 'status', code: 4 }] }],
    [
      'DC2',
      {
        kind: 'data',
        address: 0x50,
        sequence: 10,
        parts: [{ kind: 'filling', volumeCounts: 794, amountCounts: 61_138 }],
      },
    ],
  ]

  function block(
    sequence: number,
    part: Extract<DartHostFrame, { kind: 'data' }>['parts'][number],
  ): DartHostFrame {
    return { kind: 'data', address: 0x50, sequence, parts: [part] }
  }

  it('every built frame is claimed below', () => {
    expect(commands.length + replies.length).toBe(built.length)
  })

  it.each(commands)('the command %s has the recorded bytes and is heard by the pump', (name, f) => {
    expect(hexText(encodeHostFrame(f))).toBe(hexText(bytesNamed(name)))
    expect(framesOf(fromHost(bytesNamed(name)))).toEqual([f])
  })

  it.each(replies)('the reply %s has the recorded bytes and is heard by the host', (name, f) => {
    expect(hexText(encodePumpFrame(f))).toBe(hexText(bytesNamed(name)))
    expect(framesOf(fromPump(bytesNamed(name)))).toEqual([f])
  })
})

describe('captured frames', () => {
  it('every data frame decodes on its side, and encodes back to the same bytes', ({ skip }) => {
    if (captured.missing) return skip(captured.reason)
    for (const { hex, adr, seq, direction, transactions } of captured.vectors.data_frames) {
      const head = { kind: 'data', address: adr, sequence: seq }
      const host = framesOf(fromHost(bytesOfHex(hex)))
      const pump = framesOf(fromPump(bytesOfHex(hex)))
      const found = direction === 'host->pump' ? host : pump
      expect(found, hex).toMatchObject([head])
      const again =
        direction === 'host->pump' ? host.map(encodeHostFrame) : pump.map(encodePumpFrame)
      expect(again.map(hexText)).toEqual([hex])
      const [frame] = found
      if (frame?.kind !== 'data') throw new Error('no data')
      expect(frame.parts.map(({ kind }) => kind)).not.toContain('other')
      expect(frame.parts).toHaveLength(transactions.length)
    }
  })

  it('the escaped check value and the totaliser of 1,336,384,966 are read', ({ skip }) => {
    if (captured.missing) return skip(captured.reason)
    const longest = captured.vectors.data_frames.at(-1)?.hex ?? ''
    expect(longest).toContain('10 FA 03 FA')
    expect(framesOf(fromPump(bytesOfHex(longest)))).toMatchObject([
      {
        address: 0x50,
        sequence: 14,
        parts: [
          { kind: 'filling', volumeCounts: 0, amountCounts: 0 },
          { kind: 'nozzle', priceCounts: 9907, nozzle: 7, nozzleOut: false },
          { kind: 'status', code: 5 },
          {
            kind: 'totals',
            nozzle: 1,
            totalCounts: 1_336_384_966,
            meterCounts: [1_336_384_966, 0],
          },
        ],
      },
    ])
  })

  it('every control frame is heard by one side and encodes back', ({ skip }) => {
    if (captured.missing) return skip(captured.reason)
    for (const { hex, meaning } of captured.vectors.control_frames) {
      const host = framesOf(fromHost(bytesOfHex(hex)))
      const pump = framesOf(fromPump(bytesOfHex(hex)))
      const again = [...host.map(encodeHostFrame), ...pump.map(encodePumpFrame)]
      expect(again.length, meaning).toBeGreaterThan(0)
      expect(new Set(again.map(hexText))).toEqual(new Set([hex]))
      const [kind] = meaning.toLowerCase().split(' ')
      expect([...host, ...pump].every((frame) => frame.kind === kind)).toBe(true)
    }
  })

  it('the reset another project built is ours', ({ skip }) => {
    if (captured.missing) return skip(captured.reason)
    const hexes = captured.vectors.commands_built.map(({ hex }) => hex)
    const found = hexes.flatMap((hex) => framesOf(fromHost(bytesOfHex(hex))))
    expect(found).toMatchObject([{ parts: [{ kind: 'command', command: 'reset' }] }])
    expect(found.map((frame) => hexText(encodeHostFrame(frame)))).toEqual(hexes)
  })

  it('S02 every single flipped bit of a data frame is refused', ({ skip }) => {
    if (captured.missing) return skip(captured.reason)
    for (const { hex } of captured.vectors.data_frames) {
      const good = bytesOfHex(hex)
      for (let bit = 0; bit < good.length * 8; bit += 1) {
        const damaged = Uint8Array.from(good)
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const found = [...framesOf(fromHost(damaged)), ...framesOf(fromPump(damaged))]
        expect(
          found.filter(({ kind }) => kind === 'data'),
          `bit ${bit} of ${hex}`,
        ).toEqual([])
      }
    }
  })
})

describe('dirty lines', () => {
  const stop = bytesNamed('STOP')
  const filling = bytesNamed('DC2')

  it('S01 noise before and after a frame is counted and costs no frame', () => {
    const found = fromPump(Uint8Array.of(0, 0xff, 0x12), filling, Uint8Array.of(0, 0))
    expect(found.map(({ kind }) => kind)).toEqual(['noise', 'frame', 'noise'])
  })

  it('S01 noise that looks like the begin of a block hides no frame behind it', () => {
    expect(framesOf(fromPump(Uint8Array.of(0x51, 0x30), filling))).toHaveLength(1)
    expect(framesOf(fromPump(Uint8Array.of(0x51, 0x30, 9), bytesOfHex('51 70 FA')))).toHaveLength(1)
  })

  it('S02 a check value off by one is refused with that reason', () => {
    const damaged = Uint8Array.from(stop)
    damaged[5] = (damaged[5] ?? 0) + 1
    expect(fromHost(damaged)).toMatchObject([
      { kind: 'damaged', reason: 'check value', raw: damaged },
    ])
  })

  it('S02 the pump answers a damaged block with the NAK of its number, and no other', () => {
    const damaged = Uint8Array.from(stop)
    damaged[4] = 0x09
    const nak = nakOf(damaged, 0x50)
    expect(nak === null ? null : hexText(encodePumpFrame(nak))).toBe('50 53 FA')
    expect(nakOf(damaged, 0x51)).toBeNull()
    expect(nakOf(stop, 0x50)).toBeNull()
    expect(nakOf(Uint8Array.of(0x50, 0x33, 0xfa), 0x50)).toBeNull()
  })

  it('S03 a frame cut after any byte is not decoded, and joins when the rest comes', () => {
    for (let cut = 1; cut < filling.length; cut += 1) {
      const codec = createDartHostCodec()
      expect(framesOf([...codec.feed(filling.subarray(0, cut)), ...codec.tick()])).toEqual([])
      expect(framesOf(codec.feed(filling.subarray(cut)))).toHaveLength(1)
    }
  })

  it('S03 a frame that arrives byte by byte is decoded once', () => {
    expect(framesOf(fromPump(...Array.from(filling, (byte) => Uint8Array.of(byte))))).toHaveLength(
      1,
    )
  })

  it('S04 two frames glued in one read are both decoded', () => {
    expect(framesOf(fromPump(Uint8Array.of(...filling, ...filling)))).toHaveLength(2)
  })

  it('an address out of range is no frame', () => {
    expect(framesOf(fromPump(blockOf([0x70, 0x30, 1, 1, 4])))).toEqual([])
    expect(framesOf(fromPump(bytesOfHex('4F 70 FA')))).toEqual([])
  })

  it.each([
    ['a length beyond the frame', [0x50, 0x30, 2, 9, 0, 0, 7, 0x94, 0, 6, 0x11, 0x38]],
    ['a length short of the frame', [0x50, 0x30, 2, 7, 0, 0, 7, 0x94, 0, 6, 0x11, 0x38]],
    ['a transaction number without a length', [0x50, 0x30, 1, 1, 4, 2]],
    ['a half byte that is no digit', [0x50, 0x30, 2, 8, 0, 0, 7, 0x9b, 0, 6, 0x11, 0x38]],
    ['a status of two bytes', [0x50, 0x30, 1, 2, 4, 4]],
    ['a price of two bytes', [0x50, 0x30, 3, 3, 0, 1, 1]],
    ['totals of fifteen bytes', [0x50, 0x30, 101, 15, 1, ...new Array<number>(14).fill(0)]],
    ['no transaction', [0x50, 0x30]],
  ])('%s is refused although the check value is right', (_, body) => {
    const found = fromPump(blockOf(body))
    expect(found).toMatchObject([{ kind: 'damaged' }])
    expect(found[0]).not.toMatchObject({ reason: 'check value' })
  })

  it('a transaction we have no rule for is handed on as it came', () => {
    expect(framesOf(fromPump(blockOf([0x50, 0x30, 9, 2, 1, 2, 1, 1, 4])))).toMatchObject([
      { parts: [{ kind: 'other', number: 9, data: Uint8Array.of(1, 2) }, { code: 4 }] },
    ])
  })

  it('S14 a minute of one byte keeps less than 8 KiB and a frame behind it is found', () => {
    for (const byte of [0x00, 0xff, 0x50, 0x30, 0xfa, 0x10]) {
      const codec = createDartHostCodec()
      for (let chunk = 0; chunk < 10; chunk += 1) {
        expect(framesOf(codec.feed(new Uint8Array(65_536).fill(byte)))).toEqual([])
        expect(codec.pending()).toBeLessThan(8192)
      }
      expect(framesOf([...codec.feed(filling), ...codec.tick()])).toHaveLength(1)
    }
  })
})

describe('stuffing', () => {
  const parts: readonly (readonly number[])[] = [
    [0xfa],
    [0xfa, 0xfa],
    [0x10],
    [0x10, 0xfa],
    [0x10, 0x10, 0xfa, 0x10],
    [0x03, 0xfa],
    [],
  ]

  it.each(parts.map((data) => [hexText(Uint8Array.from(data)), data] as const))(
    'data of "%s" comes back as it was sent',
    (_, data) => {
      const frame: DartPumpFrame = {
        kind: 'data',
        address: 0x6f,
        sequence: 15,
        parts: [{ kind: 'other', number: 77, data: Uint8Array.from(data) }],
      }
      const bytes = encodePumpFrame(frame)
      expect(framesOf(fromPump(bytes))).toEqual([frame])
      expect(
        bytes.filter((byte, index) => byte === 0xfa && bytes[index - 1] !== 0x10),
      ).toHaveLength(1)
    },
  )

  it('a literal 10, such as the length of the totals, is sent as it is', () => {
    const totals: PumpPart = { kind: 'totals', nozzle: 1, totalCounts: 2, meterCounts: [2, 0] }
    const bytes = encodePumpFrame({ kind: 'data', address: 0x51, sequence: 13, parts: [totals] })
    expect(hexText(bytes)).toBe(
      '51 3D 65 10 01 00 00 00 00 02 00 00 00 00 02 00 00 00 00 00 58 F8 03 FA',
    )
  })
})

describe('what answers what', () => {
  const codec = createDartHostCodec()
  const reset: DartHostFrame = {
    kind: 'data',
    address: 0x50,
    sequence: 1,
    parts: [{ kind: 'command', command: 'reset' }],
  }

  it('S07 the echo of our own block, which reads as a status, answers nothing we asked', () => {
    const echo = framesOf(codec.feed(encodeHostFrame(reset)))
    expect(echo).toMatchObject([{ kind: 'data', parts: [{ kind: 'status', code: 5 }] }])
    expect(echo.filter(codec.expect(reset))).toEqual([])
  })

  it('S07 our own poll is not taken for a reply', () => {
    expect(framesOf(codec.feed(bytesOfHex('50 20 FA 50 E3 FA')))).toEqual([])
  })

  it('S06 a reply of another address or to another block answers nothing', () => {
    const answers = codec.expect(reset)
    expect(answers({ kind: 'ack', address: 0x50, sequence: 1 })).toBe(true)
    expect(answers({ kind: 'nak', address: 0x50, sequence: 1 })).toBe(true)
    expect(answers({ kind: 'ack', address: 0x50, sequence: 2 })).toBe(false)
    expect(answers({ kind: 'ack', address: 0x51, sequence: 1 })).toBe(false)
    const polled = codec.expect({ kind: 'poll', address: 0x50 })
    expect(polled({ kind: 'eot', address: 0x50, sequence: 0 })).toBe(true)
    expect(polled({ kind: 'ack', address: 0x50, sequence: 0 })).toBe(false)
    expect(
      codec.expect({ kind: 'ack', address: 0x50, sequence: 0 })({
        kind: 'eot',
        address: 0x50,
        sequence: 0,
      }),
    ).toBe(false)
  })

  it('a signature tells blocks apart by number, and a reply carries that of its request', () => {
    expect(codec.signature(reset)).toBe(
      codec.replySignature({ kind: 'ack', address: 0x50, sequence: 1 }),
    )
    expect(codec.signature({ ...reset, sequence: 2 })).not.toBe(codec.signature(reset))
  })
})
