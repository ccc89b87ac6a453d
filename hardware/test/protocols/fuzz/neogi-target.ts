import type { Prng } from '@baari/shared/runtime/chance'
import { wholeBetween } from '@baari/shared/testing/seeded-prng'
import { Decimal } from '../../../src/protocols/decimal.ts'
import { createFrameBuffer } from '../../../src/protocols/frame-buffer.ts'
import {
  createNeogiCodec,
  encodeCommand,
  encodeReply,
  neogiCommandRules,
} from '../../../src/protocols/neogi/codec.ts'
import {
  presetCommand,
  shortCommandNames,
  type NeogiCommand,
  type NeogiReply,
} from '../../../src/protocols/neogi/frames.ts'
import { streamOf, type FuzzTarget } from './fuzz-target.ts'

export const neogiTarget: FuzzTarget = {
  protocol: 'neogi',
  good(chance) {
    const command = chance.next() < 0.2 ? randomCommand(chance) : null
    const bytes = command === null ? encodeReply(randomReply(chance)) : encodeCommand(command)
    // A short frame has no check digits; in a long one they stand before the closing %.
    const isChecked = bytes.filter((byte) => byte === 0x23).length > 1
    return { bytes, checkAt: isChecked ? [bytes.length - 3, bytes.length - 2] : [] }
  },
  streams: () => [
    streamOf(createNeogiCodec(), encodeReply),
    streamOf(createFrameBuffer(neogiCommandRules), encodeCommand),
  ],
}

function randomCommand(chance: Prng): NeogiCommand {
  const kind = shortCommandNames[wholeBetween(chance, 0, shortCommandNames.length)]
  const plate = 'GJ01AB1234'.slice(0, wholeBetween(chance, 0, 10))
  return kind === undefined ? presetCommand(wholeBetween(chance, 1, 999_999), plate) : { kind }
}

function randomReply(chance: Prng): NeogiReply {
  const count = String(wholeBetween(chance, 0, 99_999_999)).padStart(12, '0')
  const value = Decimal.of(`${count.slice(0, 10)}.${count.slice(10)}`)
  switch (wholeBetween(chance, 0, 4)) {
    case 0:
      return { kind: 'status', state: 'calling', code: 'CALL' }
    case 1:
      return { kind: 'last-sale', fields: ['7', count, '', count.slice(4)] }
    case 2:
      return { kind: 'invalid' }
    default:
      return value === null ? { kind: 'ok' } : { kind: 'totaliser', value }
  }
}
