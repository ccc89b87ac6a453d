import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  createReceivedBlocks,
  createSentSequence,
} from '../../../src/protocols/wayne-dart/block-sequence.ts'
import {
  codeOfCommand,
  dartCommands,
  dartState,
  statusName,
} from '../../../src/protocols/wayne-dart/tables.ts'
import { thirdPartyFile } from '../../vectors/third-party.ts'

describe('tables', () => {
  it('statuses become neutral states, and reset with the nozzle out is a call', () => {
    const states = [0, 1, 2, 4, 5, 6, 7, 8].map((code) => dartState(code, false))
    expect(states).toEqual([
      ...['inoperative', 'idle', 'authorised', 'fuelling'],
      ...['completed', 'completed', 'closed', 'suspended'],
    ])
    expect(dartState(1, true)).toBe('calling')
    expect(dartState(1, null)).toBe('idle')
    expect(dartState(2, true)).toBe('authorised')
  })

  it('D14 every code without a name is a fault', () => {
    const known = new Set([0, 1, 2, 4, 5, 6, 7, 8])
    for (let code = 0; code < 256; code += 1) {
      expect(dartState(code, true) === 'fault', `code ${code}`).toBe(!known.has(code))
      expect(statusName(code) === null).toBe(!known.has(code))
    }
  })

  it('codes and commands are those of the captured bus', ({ skip }) => {
    const schema = z.object({
      status_codes: z.record(z.string(), z.string()),
      commands: z.record(z.string(), z.string()),
    })
    const captured = thirdPartyFile('dart_vectors.json', schema)
    if (captured.missing) return skip(captured.reason)
    for (const [code, name] of Object.entries(captured.vectors.status_codes))
      expect(statusName(Number(code))).toBe(name)
    const codes = Object.keys(captured.vectors.commands).map((hex) => Number.parseInt(hex, 16))
    expect(dartCommands.map(codeOfCommand)).toEqual(codes)
  })
})

describe('block numbers', () => {
  it('sixteen blocks later the same number comes again', () => {
    const sent = createSentSequence(14)
    expect([sent.next(), sent.next(), sent.next()]).toEqual([14, 15, 0])
  })

  it('a block that comes again with the same number and content is a repetition', () => {
    const blocks = createReceivedBlocks()
    expect(blocks.received(3, Uint8Array.of(1, 2))).toBe('new')
    expect(blocks.received(3, Uint8Array.of(1, 2))).toBe('repeated')
    expect(blocks.received(3, Uint8Array.of(1, 2))).toBe('repeated')
  })

  it('D15 equal content under a new number, or other content under the old one, is new', () => {
    const blocks = createReceivedBlocks()
    blocks.received(3, Uint8Array.of(1, 2))
    expect(blocks.received(4, Uint8Array.of(1, 2))).toBe('new')
    expect(blocks.received(4, Uint8Array.of(1, 3))).toBe('new')
    blocks.forget()
    expect(blocks.received(4, Uint8Array.of(1, 3))).toBe('new')
  })
})
