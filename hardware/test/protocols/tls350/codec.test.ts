import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { asciiBytes, asciiText } from '../../../src/protocols/ascii.ts'
import {
  createTls350Codec,
  encodeReply,
  encodeRequest,
  tlsRequestRules,
} from '../../../src/protocols/tls350/codec.ts'
import {
  inventoryReadings,
  tlsCheck,
  tlsFloat,
  tlsFloatOf,
  type TankInventory,
  type TlsReply,
} from '../../../src/protocols/tls350/frames.ts'
import { tls350Decoder } from '../../../src/protocols/tls350/hex-decoder.ts'
import { thirdPartyFile } from '../../vectors/third-party.ts'
import { streamClaims } from '../stream-claims.ts'

const file = thirdPartyFile(
  'tls350_vectors.json',
  z.object({
    floats: z.record(z.string(), z.number()),
    unknown_command: z.string(),
    cases: z.array(z.object({ ascii: z.string(), valid: z.boolean() })),
  }),
)

/** Written frames name the two control characters. */
const wire = (text: string): Uint8Array =>
  asciiBytes(text.replace('<SOH>', '\x01').replace('<ETX>', '\x03'))

function framesIn(bytes: Uint8Array): readonly TlsReply[] {
  return createTls350Codec()
    .feed(bytes)
    .flatMap((item) => (item.kind === 'frame' ? [item.frame] : []))
}

const values = [1_000.5, 998.25, 4_000, 88.125, 0, 24.5, 0].map(tlsFloatOf)
const firstTank: TankInventory = { tank: '01', product: '1', statusBits: '0000', values }
const inventory: TlsReply = {
  kind: 'inventory',
  tank: '00',
  gaugeTime: '2611291620',
  tanks: [firstTank, { ...firstTank, tank: '02', product: '2' }],
}

describe('recorded frames', () => {
  it('every recorded reply is read or refused as stated', ({ skip }) => {
    if (file.missing) return skip(file.reason)
    for (const { ascii, valid } of file.vectors.cases) {
      const frames = framesIn(wire(ascii))
      expect(frames, ascii).toHaveLength(valid ? 1 : 0)
      for (const frame of frames) expect(encodeReply(frame)).toEqual(wire(ascii))
    }
  })

  it('every recorded float has its value, and the value its digits', ({ skip }) => {
    if (file.missing) return skip(file.reason)
    for (const [hex, value] of Object.entries(file.vectors.floats)) {
      expect(tlsFloat(hex)?.value).toBe(Math.fround(value))
      expect(tlsFloatOf(value).hex).toBe(hex)
    }
  })

  it('the recorded refusal is an unknown command and no value', ({ skip }) => {
    if (file.missing) return skip(file.reason)
    expect(framesIn(wire(file.vectors.unknown_command))).toEqual([{ kind: 'unknown-command' }])
    expect(encodeReply({ kind: 'unknown-command' })).toEqual(wire(file.vectors.unknown_command))
  })
})

describe('inventory', () => {
  it('every tank of a reply is read, with its values by name', () => {
    expect(framesIn(encodeReply(inventory))).toEqual([inventory])
    expect(inventoryReadings(firstTank)).toEqual({
      volume: 1_000.5,
      compensatedVolume: 998.25,
      ullage: 4_000,
      height: 88.125,
      water: 0,
      temperature: 24.5,
      waterVolume: 0,
    })
  })

  it('M03 NaN and infinity are no reading, and a value the gauge left out is none either', () => {
    for (const hex of ['7FA00000', '7F800000', 'FF800000', 'FFFFFFFF']) {
      expect(tlsFloat(hex)).toEqual({ hex, value: null })
    }
    expect(inventoryReadings({ ...firstTank, values: [] }).volume).toBeNull()
  })

  it.each(['3F80000', '3F8000000', '3F80000G', '3f800000'])('%s is no float', (hex) => {
    expect(tlsFloat(hex)).toBeNull()
  })

  it.each(['0110000073F800000', '0110000', '01100000G', '011000001XXXXXXXX'])(
    'the body %s does not fit its count and is refused under a right check value',
    (body) => {
      const text = `\x01i201012611291620${body}&&`
      const bytes = asciiBytes(`${text}${tlsCheck(text)}\x03`)
      expect(createTls350Codec().feed(bytes)).toMatchObject([
        { kind: 'damaged', reason: 'the values do not fit their count' },
      ])
    },
  )

  it('sixteen tanks with the most values fit the longest frame', () => {
    const tanks = Array.from({ length: 16 }, () => firstTank)
    const bytes = encodeReply({ ...inventory, tanks })
    expect(bytes.length).toBeLessThan(2_048)
    expect(framesIn(bytes)).toHaveLength(1)
  })
})

describe('requests', () => {
  it('the inventory of all tanks is asked for as i20100', () => {
    const bytes = encodeRequest({ kind: 'read', fn: '201', tank: '00' })
    expect(asciiText(bytes)).toBe('\x01i20100')
    expect(tlsRequestRules.parse(bytes)).toEqual({ kind: 'read', fn: '201', tank: '00' })
  })

  it('a reply of another function or tank is not taken, an unknown command always', () => {
    const takes = createTls350Codec().expect({ kind: 'read', fn: '201', tank: '01' })
    expect(takes(inventory)).toBe(false)
    expect(takes({ ...inventory, tank: '01' })).toBe(true)
    expect(takes({ kind: 'report', fn: '101', tank: '01', gaugeTime: '', body: '' })).toBe(false)
    expect(takes({ kind: 'unknown-command' })).toBe(true)
  })
})

streamClaims({
  make: createTls350Codec,
  reply: encodeReply(inventory),
  request: { kind: 'read', fn: '201', tank: '00' },
  noise: Uint8Array.of(0, 0xff, 0x03, 0x41),
  longestFrame: 2_048,
})

it('the decoder of recorded bytes tells request, reply, refusal and what was cut off', () => {
  const good = encodeReply(inventory)
  const bad = Uint8Array.from(good)
  bad[bad.length - 2] = bad.at(-2) === 0x30 ? 0x31 : 0x30
  const request = encodeRequest({ kind: 'read', fn: '201', tank: '00' })
  const capture = Uint8Array.of(...request, ...good, ...bad, 0xff, ...good.subarray(0, 40))
  expect(tls350Decoder.decode(capture)).toMatchObject([
    { kind: 'frame', fields: { direction: 'host-to-gauge', fn: '201', tank: '00' } },
    {
      kind: 'frame',
      fields: { direction: 'gauge-to-host', tanks: [{ tank: '01', volume: 1_000.5 }, {}] },
    },
    { kind: 'refused', code: 'checksum_wrong' },
    { kind: 'refused', code: 'noise', hex: 'FF' },
    { kind: 'refused', code: 'frame_torn' },
  ])
})

it('every finite single comes back from its eight digits', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(tlsFloat(tlsFloatOf(value).hex)?.value).toBe(value)
    }),
  )
})
