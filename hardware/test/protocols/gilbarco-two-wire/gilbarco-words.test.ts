import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Decoded } from '../../../src/ports/bus.ts'
import { longestBlock, lrcOf, readBlock } from '../../../src/protocols/gilbarco-two-wire/block.ts'
import {
  createGilbarcoHostCodec,
  createGilbarcoPumpDecoder,
  encodeCommand,
  encodeReply,
} from '../../../src/protocols/gilbarco-two-wire/frame-codec.ts'
import type {
  GilbarcoReply,
  GilbarcoRequest,
} from '../../../src/protocols/gilbarco-two-wire/frames.ts'
import {
  gilbarcoCommands,
  gilbarcoState,
  statusName,
  type GilbarcoCommand,
} from '../../../src/protocols/gilbarco-two-wire/tables.ts'
import { hexText } from '../../../src/protocols/modbus/frames.ts'
import { thirdPartyFile } from '../../vectors/third-party.ts'
import { bytesOfHex } from '../../vectors/vector-files.ts'

const recorded = thirdPartyFile(
  'gilbarco_twowire_vectors.json',
  z.object({
    commands: z.record(z.string(), z.string()),
    status: z.record(z.string(), z.string()),
    good: z.array(z.object({ hex: z.string() })),
  }),
)

/** Built from the rule; the figures are ours. */
const sale = {
  kind: 'transaction',
  identity: '2003b',
  grade: 1,
  priceCounts: 7650,
  volumeCounts: 10_050,
  amountCounts: 76_883,
} as const
const totals = {
  kind: 'totals',
  grades: [1, 2, 3].map((grade) => ({
    grade,
    volumeCounts: 26_634_966 + grade,
    amountCounts: 82_780_267,
    firstPriceCounts: 7650,
    secondPriceCounts: 7700,
  })),
} as const

const ask = (command: GilbarcoCommand, pump = 3): GilbarcoRequest => ({
  kind: 'command',
  command,
  pump,
})

/** What the host makes of `chunks` after it asked; the line falls silent behind them. */
function heard(
  command: GilbarcoCommand,
  ...chunks: readonly Uint8Array[]
): readonly Decoded<GilbarcoReply>[] {
  const codec = createGilbarcoHostCodec()
  codec.encode(ask(command))
  return [...chunks.flatMap((chunk) => codec.feed(chunk)), ...codec.tick()]
}

const framesOf = (found: readonly Decoded<GilbarcoReply>[]): GilbarcoReply[] =>
  found.flatMap((item) => (item.kind === 'frame' ? [item.frame] : []))

/** The block with the check value that fits its words. */
function resealed(words: readonly number[]): Uint8Array {
  const begun = Uint8Array.from(words.slice(0, -2))
  return Uint8Array.of(...begun, 0xe0 | lrcOf(begun), 0xf0)
}

describe('recorded words', () => {
  it('every good block decodes and encodes back to the same words', ({ skip }) => {
    if (recorded.missing) return skip(recorded.reason)
    for (const { hex } of recorded.vectors.good) {
      const frames = framesOf(heard('transaction', bytesOfHex(hex)))
      expect(frames.map((frame) => hexText(encodeReply(frame)))).toEqual([hex])
    }
  })

  it('its price, volume and money are the recorded ones', ({ skip }) => {
    if (recorded.missing) return skip(recorded.reason)
    const hex = recorded.vectors.good[0]?.hex ?? ''
    expect(framesOf(heard('transaction', bytesOfHex(hex)))).toMatchObject([
      { kind: 'transaction', priceCounts: 1070, volumeCounts: 23_360, amountCounts: 25_000 },
    ])
  })

  it('S03 the good block without any one of its words is refused', ({ skip }) => {
    if (recorded.missing) return skip(recorded.reason)
    const good = bytesOfHex(recorded.vectors.good[0]?.hex ?? '')
    for (let at = 0; at < good.length; at += 1) {
      const torn = good.filter((_, index) => index !== at)
      expect(framesOf(heard('transaction', torn)), `word ${at}`).toEqual([])
    }
  })

  it('commands and statuses are those of the recorded table', ({ skip }) => {
    if (recorded.missing) return skip(recorded.reason)
    const { commands, status } = recorded.vectors
    const words = [
      ...gilbarcoCommands.map((command) => encodeCommand(ask(command, 0))),
      encodeCommand({ kind: 'all-stop' }),
    ]
    expect(words.map(hexText)).toEqual(Object.keys(commands).map((hex) => hex.replace('p', '0')))
    for (const code of Object.keys(status))
      expect(statusName(Number.parseInt(code.slice(0, 1), 16)), code).not.toBeNull()
  })
})

describe('blocks', () => {
  it.each([
    ['a sale', 'transaction', sale],
    ['totals of three grades, 94 words', 'totals', totals],
  ] as const)('%s comes back as it was sent', (_, command, reply) => {
    expect(framesOf(heard(command, encodeReply(reply)))).toEqual([reply])
  })

  it('totals of three grades have 94 words, and of six the longest block', () => {
    expect(encodeReply(totals)).toHaveLength(94)
    const six = { ...totals, grades: [...totals.grades, ...totals.grades] }
    expect(encodeReply(six)).toHaveLength(longestBlock)
  })

  it('S02 every changed bit of a block is refused', () => {
    const good = encodeReply(sale)
    for (let bit = 0; bit < good.length * 8; bit += 1) {
      const damaged = Uint8Array.from(good)
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(framesOf(heard('transaction', damaged)), `bit ${bit}`).toEqual([])
    }
  })

  it('a digit 0 that is missing leaves the check value right and is refused all the same', () => {
    for (const good of [encodeReply(sale), encodeReply(totals)]) {
      const zeros = Array.from(good.keys()).filter((at) => good[at] === 0xe0)
      expect(zeros.length).toBeGreaterThan(5)
      for (const zero of zeros.filter((at) => at < good.length - 3)) {
        const torn = good.filter((_, index) => index !== zero)
        expect(torn.at(-2)).toBe(0xe0 | lrcOf(torn.subarray(0, -2)))
        expect(readBlock(torn), `word ${zero}`).toMatch(/digits of F|words of/)
      }
    }
  })

  it('a digit more, an unknown control word and a half byte above 9 are refused', () => {
    const words = Array.from(encodeReply(sale))
    const price = words.indexOf(0xf7)
    const more = [...words.slice(0, price + 1), 0xe0, ...words.slice(price + 1)]
    expect(readBlock(resealed(more))).toBe('digits of F7')
    expect(readBlock(resealed(words.map((word) => (word === 0xf9 ? 0xfd : word))))).toBe(
      'no control word F9 where it belongs',
    )
    const letter = words.map((word, at) => (at === price + 1 ? 0xea : word))
    expect(readBlock(resealed(letter))).toBe('a digit of F7 is no decimal')
  })

  it('S01 noise around a block costs nothing', () => {
    const found = heard('totals', Uint8Array.of(0x12, 0xe4), encodeReply(totals), Uint8Array.of(9))
    expect(found.map(({ kind }) => kind)).toEqual(['noise', 'frame', 'noise'])
  })

  it('S03 a block cut after any word is not decoded, and joins when the rest comes', () => {
    const good = encodeReply(sale)
    for (let cut = 1; cut < good.length; cut += 1) {
      const parts = [good.subarray(0, cut), good.subarray(cut)]
      expect(framesOf(heard('transaction', good.subarray(0, cut)))).toEqual([])
      expect(framesOf(heard('transaction', ...parts))).toEqual([sale])
    }
  })

  it('S04 two glued blocks are both decoded, and one behind a torn one is found', () => {
    const good = encodeReply(sale)
    expect(framesOf(heard('transaction', good, good))).toHaveLength(2)
    expect(framesOf(heard('transaction', good.subarray(0, 12), good))).toEqual([sale])
  })
})

describe('words without a frame', () => {
  it('a status is the high half of one word and its pump the low half', () => {
    expect(framesOf(heard('status', Uint8Array.of(0x93)))).toEqual([
      { kind: 'status', code: 9, pump: 3 },
    ])
  })

  it('D14 every code without a name is a fault', () => {
    const known = new Map([
      [0, null],
      [6, 'idle'],
      [7, 'calling'],
      [8, 'authorised'],
      [9, 'fuelling'],
      [10, 'completed'],
      [11, 'completed'],
      [12, 'suspended'],
      [13, null],
    ])
    for (let code = 0; code < 16; code += 1)
      expect(gilbarcoState(code), `code ${code}`).toBe(known.has(code) ? known.get(code) : 'fault')
  })

  it('running money is six digits between two silences', () => {
    const money = encodeReply({ kind: 'running-money', amountCounts: 22_0 })
    expect(hexText(money)).toBe('E0 E2 E2 E0 E0 E0')
    expect(framesOf(heard('running-money', money))).toEqual([
      { kind: 'running-money', amountCounts: 220 },
    ])
    const bytewise = Array.from(money, (word) => Uint8Array.of(word))
    expect(framesOf(heard('running-money', ...bytewise))).toHaveLength(1)
  })

  it.each([
    ['five digits', 'E0 E2 E2 E0 E0'],
    ['seven digits', 'E0 E2 E2 E0 E0 E0 E0'],
    ['two moneys glued', 'E0 E2 E2 E0 E0 E0 E0 E2 E2 E0 E0 E0'],
    ['six digits of a late block', 'F9 E0 E6 E3 E3 E2 E0 FA'],
    ['six digits behind a control word', 'F9 E0 E6 E3 E3 E2 E0'],
    ['six digits before a control word', 'E0 E6 E3 E3 E2 E0 FA'],
    ['a half byte above 9', 'E0 EB E2 E0 E0 E0'],
  ])('S03 %s are no money', (_, hex) => {
    const whole = bytesOfHex(hex)
    expect(framesOf(heard('running-money', whole))).toEqual([])
    const bytewise = Array.from(whole, (word) => Uint8Array.of(word))
    expect(framesOf(heard('running-money', ...bytewise))).toEqual([])
  })

  it('S05 a late reply of another shape answers nothing', () => {
    const money = encodeReply({ kind: 'running-money', amountCounts: 220 })
    expect(framesOf(heard('status', encodeReply(sale), money))).toEqual([])
    expect(framesOf(heard('transaction', money, Uint8Array.of(0x63)))).toEqual([])
    expect(framesOf(heard('running-money', encodeReply(totals)))).toEqual([])
    const [late] = framesOf(heard('transaction', encodeReply(totals)))
    const codec = createGilbarcoHostCodec()
    expect(late === undefined || codec.expect(ask('transaction'))(late)).toBe(false)
  })

  it('S07 the command that comes back is no status', () => {
    expect(framesOf(heard('status', Uint8Array.of(0x03, 0x63)))).toEqual([
      { kind: 'status', code: 6, pump: 3 },
    ])
    expect(framesOf(heard('send-data', Uint8Array.of(0x23, 0xd3)))).toMatchObject([{ code: 13 }])
  })

  it('S06 a status of another pump answers nothing, and nobody answers the stop of all', () => {
    const codec = createGilbarcoHostCodec()
    const answers = codec.expect(ask('status'))
    expect(answers({ kind: 'status', code: 6, pump: 3 })).toBe(true)
    expect(answers({ kind: 'status', code: 6, pump: 4 })).toBe(false)
    expect(codec.expect({ kind: 'all-stop' })({ kind: 'status', code: 12, pump: 3 })).toBe(false)
  })

  it('nothing is heard before anything was asked', () => {
    const found = createGilbarcoHostCodec().feed(encodeReply(sale))
    expect(found.map(({ kind }) => kind)).toEqual(['noise'])
  })

  it('the pump hears every command of every pump, and nothing else', () => {
    const requests = gilbarcoCommands.flatMap((command) =>
      Array.from({ length: 16 }, (_, pump) => ask(command, pump)),
    )
    const every: readonly GilbarcoRequest[] = [...requests, { kind: 'all-stop' }]
    const decoder = createGilbarcoPumpDecoder()
    const found = every.flatMap((request) => decoder.feed(encodeCommand(request)))
    expect(found.map((item) => (item.kind === 'frame' ? item.frame : item))).toEqual(every)
    expect(decoder.feed(encodeReply(sale)).every(({ kind }) => kind !== 'frame')).toBe(true)
  })

  it('S14 a minute of one word keeps less than a block', () => {
    for (const command of ['status', 'totals', 'running-money'] as const) {
      for (const word of [0x00, 0xe0, 0xf1, 0xff]) {
        const codec = createGilbarcoHostCodec()
        codec.encode(ask(command))
        for (let chunk = 0; chunk < 10; chunk += 1) {
          codec.feed(new Uint8Array(65_536).fill(word))
          expect(codec.pending()).toBeLessThanOrEqual(longestBlock)
        }
      }
    }
  })
})

describe('blocks of the host', () => {
  const price = { kind: 'price', gradeIndex: 0, priceCounts: 7_900 } as const
  const preset = { kind: 'preset-amount', amountCounts: 15_800 } as const

  it.each([
    [price, 'FF E5 F4 F6 E0 F7 E0 E0 E9 E7 FB E0 F0'],
    [preset, 'FF E5 F2 F8 E0 E0 E8 E5 E1 E0 FB E9 F0'],
  ])('%o has the words of the public description and is heard by the pumps', (data, hex) => {
    const words = encodeCommand({ kind: 'data', pump: 3, data })
    expect(hexText(words)).toBe(hex)
    const found = createGilbarcoPumpDecoder().feed(words)
    expect(found.map((item) => (item.kind === 'frame' ? item.frame : item.kind))).toEqual([
      { kind: 'data', pump: 16, data },
    ])
  })

  it('S02 a block with any bit flipped, or without any word, is heard as no other block', () => {
    const words = encodeCommand({ kind: 'data', pump: 3, data: preset })
    const framesIn = (bytes: Uint8Array) =>
      createGilbarcoPumpDecoder()
        .feed(bytes)
        .flatMap((item) => (item.kind === 'frame' && item.frame.kind === 'data' ? [item] : []))
    words.forEach((word, at) => {
      for (let bit = 0; bit < 8; bit += 1) {
        const damaged = words.map((each, index) => (index === at ? word ^ (1 << bit) : each))
        expect(framesIn(damaged), `word ${at} bit ${bit}`).toEqual([])
      }
      expect(framesIn(words.filter((_, index) => index !== at)), `without ${at}`).toEqual([])
    })
  })
})
