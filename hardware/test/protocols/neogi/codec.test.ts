import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { asciiBytes, asciiText } from '../../../src/protocols/ascii.ts'
import {
  createNeogiCodec,
  encodeCommand,
  encodeReply,
  neogiCommandRules,
} from '../../../src/protocols/neogi/codec.ts'
import {
  checkDigits,
  presetCommand,
  shortCommandNames,
  type NeogiReply,
} from '../../../src/protocols/neogi/frames.ts'
import { neogiDecoder } from '../../../src/protocols/neogi/hex-decoder.ts'
import { thirdPartyFile } from '../../vectors/third-party.ts'
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

/** Why a whole reply was refused; null when it was not. */
function refusal(text: string): string | null {
  const [found] = createNeogiCodec().feed(asciiBytes(text))
  return found?.kind === 'damaged' ? found.reason : null
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
    ['#VT0000004142.02%', 'a value without check digits'],
    ['#RV0012.08%', 'a value without check digits'],
    ['#LT1&2&3%', 'a value without check digits'],
    ['#VT0000004142.02#41%', 'check value'],
    ['#VT0000004142.02#39%', 'check value'],
    ['#40%', 'no reply begins so: 40'],
    ['#FOO%', 'no reply begins so: FOO'],
    ['#ST%', 'no status code: ST'],
  ])('%s is refused: %s', (text, reason) => {
    expect(refusal(text)).toBe(reason)
    expect(framesIn(asciiBytes(text))).toEqual([])
  })

  it('a letter among the digits is refused even under a right check value', () => {
    for (const bad of ['00O0004142.02', '4142.0.2', '', '-1.00', '1e3', ' 1.00']) {
      expect(framesIn(totaliser(bad)), bad).toEqual([])
    }
    expect(refusal(asciiText(totaliser('00O1.00')))).toBe('no decimal number: 00O1.00')
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
        expect(neogiCommandRules.parse(encodeCommand(preset))).toEqual(preset)
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

describe('the decoder of recorded bytes', () => {
  it('tells both directions, noise and refusals of one recording', () => {
    const recording = 'VT\r#VT0000004142.02#40%..#RV0012.08#00%ST\r#STIDLE%#VT00'
    expect(neogiDecoder.decode(asciiBytes(recording))).toMatchObject([
      { kind: 'frame', fields: { direction: 'host-to-head', kind: 'totaliser' }, hex: '56 54 0D' },
      {
        kind: 'frame',
        fields: {
          direction: 'head-to-host',
          kind: 'totaliser',
          text: '0000004142.02',
          count: 414_202,
          decimals: 2,
        },
      },
      { kind: 'refused', code: 'noise', hex: '2E 2E' },
      { kind: 'refused', code: 'checksum_wrong' },
      { kind: 'frame', fields: { direction: 'host-to-head', kind: 'status' } },
      { kind: 'frame', fields: { direction: 'head-to-host', kind: 'status', state: 'idle' } },
      { kind: 'refused', code: 'frame_torn' },
    ])
    expect(neogiDecoder.decode(new Uint8Array(0))).toEqual([])
  })

  it('tells a preset, refuses a value without check digits, and knows no other command', () => {
    expect(neogiDecoder.decode(encodeCommand(presetCommand(1_050, 'WB99AB0012')))).toMatchObject([
      { kind: 'frame', fields: { kind: 'preset', hundredths: 1_050, vehicle: 'WB99AB0012' } },
    ])
    expect(neogiDecoder.decode(asciiBytes('#VT0000004142.02%'))).toMatchObject([
      { kind: 'refused', code: 'field_wrong', reason: 'a value without check digits' },
    ])
    expect(neogiDecoder.decode(asciiBytes('XX\r'))).toMatchObject([
      { kind: 'refused', code: 'noise' },
    ])
  })
})
