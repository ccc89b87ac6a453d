import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { hexDecoders } from '@baari/hardware/protocols/decoders'
import { register } from '../../cli/commands/hardware.ts'
import { decodeHex } from '../../cli/decode-hex.ts'

const answerSchema = z.looseObject({ ok: z.boolean(), code: z.string().optional() })

let said: string

beforeEach(() => {
  said = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text)
    return true
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

async function baari(...args: string[]): Promise<z.infer<typeof answerSchema>> {
  const program = new Command('baari')
  register(program)
  await program.parseAsync(['node', 'baari', 'hardware', 'decode', ...args])
  return answerSchema.parse(JSON.parse(said))
}

describe('baari hardware decode', () => {
  it('a good frame is one JSON object with its fields and exit code 0', async () => {
    const answer = await baari('--protocol', 'wayne-dart', '--hex', '50 36 02 01 01 AE 14 03 FA')
    expect(process.exitCode).toBe(0)
    expect(said.trim().split('\n')).toHaveLength(1)
    expect(answer).toEqual({
      ok: true,
      protocol: 'wayne-dart',
      frames: [
        {
          kind: 'frame',
          fields: {
            direction: 'host-to-pump',
            kind: 'data',
            address: 0x50,
            sequence: 6,
            transactions: [{ kind: 'allowed-nozzles', nozzles: [1] }],
          },
          hex: '50 36 02 01 01 AE 14 03 FA',
        },
      ],
      refused: [],
    })
  })

  it('a damaged frame is refused with its code, its reason and exit code 1', async () => {
    const answer = await baari('--protocol', 'wayne-dart', '--hex', '50 36 02 01 01 AE 15 03 FA')
    expect(process.exitCode).toBe(1)
    expect(answer).toMatchObject({ ok: false, code: 'checksum_wrong', frames: [] })
  })

  it('a protocol that does not exist is refused with the list and exit code 2', async () => {
    const answer = await baari('--protocol', 'morse', '--hex', '00')
    expect(process.exitCode).toBe(2)
    expect(answer.code).toBe('protocol_unknown')
    for (const { protocol } of hexDecoders) expect(said).toContain(protocol)
  })

  it('no arguments are refused the same way', async () => {
    expect(await baari()).toMatchObject({ ok: false, code: 'protocol_unknown' })
    expect(process.exitCode).toBe(2)
  })

  it.each(['', '5', '5z', '50 20 F', '0x', '50 20 FA '.repeat(30_000)])(
    'hex "%.20s" is refused with exit code 2',
    async (hex) => {
      const answer = await baari('--protocol', 'modbus-rtu', '--hex', hex)
      expect(answer).toMatchObject({ ok: false, code: 'hex_wrong' })
      expect(process.exitCode).toBe(2)
    },
  )

  it.each(['50 20 FA', '5020fa', '0x50 0x20 0xFA', '0x50,0x20,0xfa', '50:20:FA', ' 50\n20 FA '])(
    'hex may be written as "%s"',
    (hex) => {
      expect(decodeHex({ protocol: 'dart', hex })).toMatchObject({
        exitCode: 0,
        answer: { frames: [{ hex: '50 20 FA', fields: { kind: 'poll', address: 80 } }] },
      })
    },
  )
})

describe('what is found in recorded bytes', () => {
  const decoded = (protocol: string, hex: string) => decodeHex({ protocol, hex })

  it('S01 noise around a good frame is told and lets it pass', () => {
    const { exitCode, answer } = decoded('wayne-dart', '00 51 70 FA 00')
    expect(exitCode).toBe(0)
    expect(answer.frames).toHaveLength(1)
    expect(answer.refused).toMatchObject([
      { code: 'noise', hex: '00' },
      { code: 'noise', hex: '00' },
    ])
  })

  it('S04 a good frame beside a damaged or torn one is told, but all is not well', () => {
    const damaged = decoded('wayne-dart', '50 36 02 01 01 AE 15 03 FA 51 70 FA')
    expect(damaged).toMatchObject({ exitCode: 1, answer: { code: 'checksum_wrong' } })
    expect(damaged.answer.frames).toMatchObject([{ hex: '51 70 FA' }])
    const torn = decoded('modbus', '01 83 02 C0 F1 01 03 1C 41 45')
    expect(torn).toMatchObject({ exitCode: 1, answer: { code: 'frame_torn' } })
    expect(torn.answer.frames).toMatchObject([{ fields: { kind: 'exception' } }])
  })

  it('bytes that both sides could have sent are told both ways', () => {
    const { answer } = decoded('wayne-dart', '50 33 01 01 08 9E DE 03 FA')
    expect(answer.frames?.[0]?.fields).toMatchObject({
      direction: 'either',
      readings: {
        'host-to-pump': { transactions: [{ kind: 'command', command: 'stop' }] },
        'pump-to-host': { state: 'suspended' },
      },
    })
    const host = decoded('wayne-dart-host', '50 33 01 01 08 9E DE 03 FA')
    expect(host.answer.frames?.[0]?.fields).toMatchObject({ direction: 'host-to-pump' })
  })

  it('D14 an unknown DART status is a fault with its raw code', () => {
    const { answer } = decoded('wayne-dart-pump', '50 39 01 01 03 DC C1 03 FA')
    expect(answer.frames?.[0]?.fields).toMatchObject({
      state: 'fault',
      transactions: [{ kind: 'status', code: 3, name: null }],
    })
  })

  it('a Gilbarco block with a missing digit is refused, and its digits are no money', () => {
    const torn =
      'FF F1 F8 EB E1 E0 E0 E2 F6 E2 F4 F7 E0 E7 E0 E1 F9 E6 E3 E3 E2 E0 FA E0 E0 E0 E5 E2 E0 FB EC F0'
    expect(decoded('gilbarco', torn)).toMatchObject({
      exitCode: 1,
      answer: { code: 'field_wrong', reason: 'digits of F9', frames: [] },
    })
  })

  it('D14 a Gilbarco word is a command, a status or both; a status without a name is a fault', () => {
    const { answer } = decoded('gilbarco', '13 93 63 E3')
    expect(answer.frames?.map(({ fields }) => fields)).toMatchObject([
      {
        readings: {
          'host-to-pump': { command: 'authorise', pump: 3 },
          'pump-to-host': { code: 1, state: 'fault', pump: 3 },
        },
      },
      { direction: 'pump-to-host', code: 9, state: 'fuelling', pump: 3 },
      { direction: 'either' },
    ])
    expect(answer.refused).toMatchObject([{ code: 'noise', hex: 'E3' }])
  })
})
