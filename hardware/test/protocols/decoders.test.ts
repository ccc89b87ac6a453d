import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { hexDecoderOf, hexDecoders } from '../../src/protocols/decoders.ts'
import type { DecodedFrame } from '../../src/protocols/hex-decoder.ts'
import { thirdPartyFile } from '../vectors/third-party.ts'
import { bytesOfHex, vectorFile } from '../vectors/vector-files.ts'

const modbus = vectorFile(
  'modbus_vectors.json',
  z.object({
    read_247_260: z.object({ request: z.string(), response: z.string() }),
    exceptions: z.record(z.string(), z.string()),
    write_preset: z.object({ fc16: z.string() }),
    torn: z.array(z.string()),
  }),
)
const built = vectorFile(
  'dart_built.json',
  z.object({ frames: z.array(z.object({ hex: z.string() })) }),
).frames.map(({ hex }) => hex)
const hexes = z.array(z.object({ hex: z.string() }))

const decoded = (protocol: string, hex: string): readonly DecodedFrame[] =>
  hexDecoderOf(protocol)?.decode(bytesOfHex(hex)) ?? []

/** Changes the byte at an offset from the end, where the check value is. */
function damaged(hex: string, fromEnd: number): string {
  const pairs = hex.split(' ')
  const at = pairs.length - fromEnd
  const changed = Number.parseInt(pairs[at] ?? '', 16) ^ 1
  return pairs.with(at, changed.toString(16).toUpperCase().padStart(2, '0')).join(' ')
}

describe('the list of decoders', () => {
  it('every protocol has one name and says what it is', () => {
    const names = hexDecoders.map(({ protocol }) => protocol)
    expect(new Set(names).size).toBe(names.length)
    for (const { protocol, about } of hexDecoders) {
      expect(about.length, protocol).toBeGreaterThan(10)
      expect(hexDecoderOf(protocol)?.protocol).toBe(protocol)
    }
  })

  it.each([
    ['Modbus', 'modbus-rtu'],
    ['modbus_rtu', 'modbus-rtu'],
    ['DART', 'wayne-dart'],
    ['wayne_dart', 'wayne-dart'],
    ['gilbarco_twowire', 'gilbarco-two-wire'],
    ['gilbarco', 'gilbarco-two-wire'],
  ])('"%s" is %s', (asked, protocol) => {
    expect(hexDecoderOf(asked)?.protocol).toBe(protocol)
  })

  it('a name nobody has is none', () => {
    expect(hexDecoderOf('morse')).toBeUndefined()
    expect(hexDecoderOf('constructor')).toBeUndefined()
  })
})

describe('recorded frames', () => {
  it.each([
    ['master-to-slave', modbus.read_247_260.request],
    ['slave-to-master', modbus.read_247_260.response],
    ['master-to-slave', modbus.write_preset.fc16],
    ...Object.values(modbus.exceptions).map((hex) => ['slave-to-master', hex]),
  ])('Modbus, %s: %s', (direction, hex) => {
    expect(decoded('modbus-rtu', hex)).toMatchObject([
      { kind: 'frame', hex, fields: { direction } },
    ])
  })

  it.each(built)('DART: %s', (hex) => {
    expect(decoded('wayne-dart', hex)).toMatchObject([{ kind: 'frame', hex }])
  })

  it('every frame of others is read', ({ skip }) => {
    const dart = thirdPartyFile(
      'dart_vectors.json',
      z.object({ data_frames: hexes, control_frames: hexes, commands_built: hexes }),
    )
    const gilbarco = thirdPartyFile('gilbarco_twowire_vectors.json', z.object({ good: hexes }))
    if (dart.missing) return skip(dart.reason)
    if (gilbarco.missing) return skip(gilbarco.reason)
    const { data_frames, control_frames, commands_built } = dart.vectors
    for (const { hex } of [...data_frames, ...control_frames, ...commands_built])
      expect(decoded('wayne-dart', hex)).toMatchObject([{ kind: 'frame', hex }])
    for (const { hex } of gilbarco.vectors.good)
      expect(decoded('gilbarco-two-wire', hex)).toMatchObject([{ kind: 'frame', hex }])
  })

  it('the direction of a captured DART block is found wherever its bytes tell it', ({ skip }) => {
    const dart = thirdPartyFile(
      'dart_vectors.json',
      z.object({ data_frames: z.array(z.object({ hex: z.string(), direction: z.string() })) }),
    )
    if (dart.missing) return skip(dart.reason)
    const told = dart.vectors.data_frames.map(({ hex, direction }) => {
      const [found] = decoded('wayne-dart', hex)
      const direct = found?.kind === 'frame' ? found.fields['direction'] : undefined
      return direct === 'either' ? 'either' : direct === direction.replace('->', '-to-')
    })
    expect(told).not.toContain(false)
    expect(told.filter((one) => one === true).length).toBeGreaterThanOrEqual(6)
  })
})

describe('bad frames', () => {
  it.each(modbus.torn)('S03 the torn Modbus frame %s is refused as torn', (hex) => {
    expect(decoded('modbus-rtu', hex)).toMatchObject([{ kind: 'refused', code: 'frame_torn' }])
  })

  it.each([
    ['modbus-rtu', modbus.read_247_260.response, 1],
    ['modbus-rtu', modbus.read_247_260.request, 2],
    ...built.map((hex) => ['wayne-dart', hex, 4] as const),
  ] as const)('S02 %s with a changed check value is refused: %s', (protocol, hex, fromEnd) => {
    const found = decoded(protocol, damaged(hex, fromEnd))
    expect(found.filter(({ kind }) => kind === 'frame')).toEqual([])
    expect(found[0]).toMatchObject({ code: 'checksum_wrong' })
  })

  it('S01 the rest of a torn frame is not blamed on the good one behind it', () => {
    const good = built[0] ?? ''
    const found = decoded('wayne-dart', `51 3A 02 08 00 ${good}`)
    expect(found).toMatchObject([
      { kind: 'refused', code: 'frame_torn', hex: '51 3A 02 08 00' },
      { kind: 'frame', hex: good },
    ])
  })

  it('a block with a right check value and a half byte above 9 is refused with its reason', () => {
    expect(
      decoded('wayne-dart-pump', '50 3A 02 08 00 00 07 9B 00 06 11 38 51 10 FA 03 FA'),
    ).toMatchObject([
      { kind: 'refused', code: 'field_wrong', reason: expect.stringContaining('decimal') },
    ])
  })
})
