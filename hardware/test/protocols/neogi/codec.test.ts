import fc from 'fast-check'
import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import type { Prng } from '@baari/shared/runtime/chance'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { asciiBytes, asciiText } from '../../../src/protocols/ascii.ts'
import {
  createNeogiCodec,
  encodeCommand,
  encodeReply,
  readPreset,
  readReply,
} from '../../../src/protocols/neogi/codec.ts'
import {
  checkDigits,
  presetCommand,
  shortCommandNames,
  type NeogiReply,
} from '../../../src/protocols/neogi/frames.ts'
import { neogiDecoder } from '../../../src/protocols/neogi/hex-decoder.ts'
import { thirdPartyFile } from '../../vectors/third-party.ts'
import { dirtied, sameBytes } from '../dirty-bytes.ts'
import { streamClaims } from '../stream-claims.ts'

const file = thirdPartyFile(
  'neogi_vectors.json',
  z.object({
    good: z.array(z.object({ ascii: z.string(), field: z.string().optional() })),
    commands: z.record(z.string(), z.string()),
  }),
)

const totaliser = (text: string): Uint8Array =>
  asciiBytes(`#VT${text}#${checkDigits(`VT${text}`)}%`)

function framesIn(bytes: Uint8Array): readonly NeogiReply[] {
  return createNeogiCodec()
    .feed(bytes)
    .flatMap((item) => (item.kind === 'frame' ? [item.frame] : []))
}

/** What is wrong with a reply; null when it is a good one. */
function refusal(text: string): string | null {
  const read = readReply(asciiBytes(text))
  return read.ok ? null : read.error.code
}

describe('recorded frames', () => {
  it('every recorded reply decodes as stated and encodes back to the same bytes', ({ skip }) => {
    if (file.missing) return skip(file.reason)
    for (const { ascii, field } of file.vectors.good) {
      const [reply, ...more] = framesIn(asciiBytes(ascii))
      expect(more, ascii).toEqual([])
      expect(reply === undefined ? '' : asciiText(encodeReply(reply))).toBe(ascii)
      if (field === undefined) continue
      expect(reply).toMatchObject({ kind: 'totaliser' })
      expect(reply !== undefined && 'value' in reply ? reply.value.countAt(2) : null).toBe(
        Math.round(Number(field.split(' ')[1]) * 100),
      )
    }
  })

  it('every recorded command is one we send, and the decoder knows it', ({ skip }) => {
    if (file.missing) return skip(file.reason)
    const sent = shortCommandNames.map((kind) => asciiText(encodeCommand({ kind })))
    for (const [ascii, meaning] of Object.entries(file.vectors.commands)) {
      if (ascii.endsWith('\r')) {
        expect(sent).toContain(ascii)
        continue
      }
      const [, amount = '', vehicle = ''] = /preset ([\d.]+) for vehicle (\w+)/.exec(meaning) ?? []
      const preset = presetCommand(Number(amount.replace('.', '')), vehicle)
      const body = ascii.slice(1, ascii.lastIndexOf('#'))
      expect(asciiText(encodeCommand(preset))).toBe(ascii.replace('cc', checkDigits(body)))
    }
  })
})

describe('values', () => {
  it('a totaliser keeps every digit the head wrote', () => {
    expect(framesIn(asciiBytes('#VT0000004142.02#40%'))).toMatchObject([
      { kind: 'totaliser', value: { text: '0000004142.02', count: 414_202, decimals: 2 } },
    ])
  })

  it.each([
    ['#VT0000004142.02%', 'checksum_missing'],
    ['#RV0012.08%', 'checksum_missing'],
    ['#LT1&2&3%', 'checksum_missing'],
    ['#VT0000004142.02#41%', 'checksum_wrong'],
    ['#VT0000004142.02#39%', 'checksum_wrong'],
    ['#40%', 'unknown_reply'],
    ['#FOO%', 'unknown_reply'],
    ['#ST%', 'unknown_reply'],
  ])('%s is refused as %s', (text, code) => {
    expect(refusal(text)).toBe(code)
    expect(framesIn(asciiBytes(text))).toEqual([])
  })

  it('a letter among the digits is refused even under a right check value', () => {
    for (const bad of ['00O0004142.02', '4142.0.2', '', '-1.00', '1e3', ' 1.00']) {
      expect(framesIn(totaliser(bad)), bad).toEqual([])
    }
    expect(refusal(asciiText(totaliser('00O1.00')))).toBe('field_wrong')
  })

  it('a last sale comes as its fields, unread', () => {
    const reply: NeogiReply = { kind: 'last-sale', fields: ['7', '0042', '', '12.50'] }
    expect(framesIn(encodeReply(reply))).toEqual([reply])
  })
})

describe('states', () => {
  it.each([
    ['#STIDLE%', 'idle'],
    ['#STCALL%', 'calling'],
    ['#STDISP%', 'fuelling'],
  ])('%s is %s', (text, state) => {
    expect(framesIn(asciiBytes(text))).toMatchObject([{ kind: 'status', state }])
  })

  it('D14 an unknown status code is a fault, and its text is kept', () => {
    expect(framesIn(asciiBytes('#STHOLD%'))).toEqual([
      { kind: 'status', state: 'fault', code: 'HOLD' },
    ])
  })
})

describe('which reply belongs to which command', () => {
  const codec = createNeogiCodec()
  const ok: NeogiReply = { kind: 'ok' }

  it('a last sale sent unasked never becomes the running quantity', () => {
    const sale: NeogiReply = { kind: 'last-sale', fields: ['1', '2'] }
    expect(codec.expect({ kind: 'running' })(sale)).toBe(false)
    expect(codec.expect({ kind: 'last-sale' })(sale)).toBe(true)
  })

  it('OK answers orders, and no question', () => {
    expect(codec.expect({ kind: 'stop' })(ok)).toBe(true)
    expect(codec.expect(presetCommand(1_050, 'GJ01AB1234'))(ok)).toBe(true)
    expect(codec.expect({ kind: 'totaliser' })(ok)).toBe(false)
  })

  it('INVALID may answer anything', () => {
    expect(codec.expect({ kind: 'totaliser' })({ kind: 'invalid' })).toBe(true)
    expect(codec.replySignature({ kind: 'invalid' })).toBeNull()
  })
})

it('every preset the wire can carry reads back as it was given', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 999_999 }),
      fc.stringMatching(/^[A-Z0-9]{0,10}$/),
      (hundredths, vehicle) => {
        const preset = presetCommand(hundredths, vehicle)
        expect(readPreset(encodeCommand(preset))).toEqual(preset)
      },
    ),
  )
})

it('a preset the wire cannot carry is a bug of the caller', () => {
  expect(() => presetCommand(1_000_000, '')).toThrow('preset')
  expect(() => presetCommand(10.5, '')).toThrow('preset')
  expect(() => presetCommand(100, 'GJ01#%')).toThrow('vehicle')
})

streamClaims({
  make: createNeogiCodec,
  reply: asciiBytes('#VT0000004142.02#40%'),
  request: presetCommand(1_050, 'WB99AB0012'),
  noise: Uint8Array.of(0, 0xff, 0x41, 0x0d),
  longestFrame: 256,
})

describe('the decoder for people', () => {
  it('shows both directions, noise and refusals of one capture', () => {
    const capture = asciiBytes('VT\r#VT0000004142.02#40%..#RV0012.08#00%ST\r#STIDLE%#VT00')
    expect(neogiDecoder.decode(capture)).toMatchObject([
      { kind: 'frame', fields: { from: 'host', kind: 'totaliser' }, hex: '56 54 0D' },
      {
        kind: 'frame',
        fields: { from: 'head', kind: 'totaliser', value: '0000004142.02', count: 414_202 },
      },
      { kind: 'refused', code: 'noise' },
      { kind: 'refused', code: 'checksum_wrong' },
      { kind: 'frame', fields: { from: 'host', kind: 'status' } },
      { kind: 'frame', fields: { from: 'head', kind: 'status', state: 'idle' } },
      { kind: 'refused', code: 'frame_torn' },
    ])
    expect(neogiDecoder.decode(new Uint8Array(0))).toEqual([])
  })

  it('shows a preset, and refuses a command nobody knows', () => {
    expect(neogiDecoder.decode(encodeCommand(presetCommand(1_050, 'WB99AB0012')))).toMatchObject([
      { kind: 'frame', fields: { kind: 'preset', hundredths: 1_050, vehicle: 'WB99AB0012' } },
    ])
    expect(neogiDecoder.decode(asciiBytes('XX\r'))).toMatchObject([
      { kind: 'refused', code: 'unknown_command' },
    ])
  })
})

it('30,000 seeded inputs neither throw nor grow, and no frame differs from its bytes', () => {
  const prng = seededPrng(5)
  const codec = createNeogiCodec()
  let frames = 0
  let longestPending = 0
  for (let input = 0; input < 30_000; input += 1) {
    const bytes = dirtied(prng, anyReply(prng))
    for (const item of [...codec.feed(bytes), ...(input % 7 === 0 ? codec.tick() : [])]) {
      if (item.kind !== 'frame') continue
      frames += 1
      if (!sameBytes(encodeReply(item.frame), item.raw)) expect.fail(asciiText(item.raw))
    }
    if (input % 5 === 0) neogiDecoder.decode(bytes)
    longestPending = Math.max(longestPending, codec.pending())
  }
  expect(frames).toBeGreaterThan(15_000)
  expect(longestPending).toBeLessThan(256)
})

function anyReply(prng: Prng): Uint8Array {
  const cents = String(wholeBetween(prng, 0, 99)).padStart(2, '0')
  const number = `${String(wholeBetween(prng, 0, 999_999)).padStart(10, '0')}.${cents}`
  switch (wholeBetween(prng, 0, 3)) {
    case 0:
      return totaliser(number)
    case 1:
      return encodeReply({ kind: 'status', state: 'idle', code: 'IDLE' })
    case 2:
      return encodeReply({ kind: 'last-sale', fields: [number, cents, '', number] })
    default:
      return encodeReply({ kind: 'ok' })
  }
}
