import type { Prng } from '@baari/shared/runtime/chance'
import { wholeBetween } from '@baari/shared/testing/seeded-prng'
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
import { gilbarcoCommands } from '../../../src/protocols/gilbarco-two-wire/tables.ts'
import { streamOf, type FuzzStream, type FuzzTarget } from './fuzz-target.ts'

export const gilbarcoTarget: FuzzTarget = {
  protocol: 'gilbarco-two-wire',
  good(chance) {
    if (chance.next() < 0.2) return { bytes: encodeCommand(randomCommand(chance)), checkAt: [] }
    const reply = randomReply(chance)
    const bytes = encodeReply(reply)
    const isBlock = reply.kind === 'transaction' || reply.kind === 'totals'
    return { bytes, checkAt: isBlock ? [bytes.length - 2] : [] }
  },
  streams: () => [askingStream(), streamOf(createGilbarcoPumpDecoder(), encodeCommand)],
}

/** The host hears nothing before it asked, so every feed follows a command. */
function askingStream(): FuzzStream {
  const codec = createGilbarcoHostCodec()
  const stream = streamOf(codec, encodeReply)
  return {
    ...stream,
    feed(bytes, chance) {
      if (chance.next() < 0.7) codec.encode(randomCommand(chance))
      return stream.feed(bytes, chance)
    },
  }
}

function randomCommand(chance: Prng): GilbarcoRequest {
  const command = gilbarcoCommands[wholeBetween(chance, 0, gilbarcoCommands.length)]
  if (command === undefined) return { kind: 'all-stop' }
  return { kind: 'command', command, pump: wholeBetween(chance, 0, 15) }
}

export function randomReply(chance: Prng): Exclude<GilbarcoReply, { kind: 'unanswered' }> {
  const upTo = (digits: number): number => wholeBetween(chance, 0, 10 ** digits - 1)
  switch (wholeBetween(chance, 0, 3)) {
    case 0:
      return { kind: 'status', code: wholeBetween(chance, 0, 13), pump: upTo(1) }
    case 1:
      return { kind: 'running-money', amountCounts: upTo(6) }
    case 2:
      return {
        kind: 'transaction',
        identity: wholeBetween(chance, 0, 0xfffff).toString(16).padStart(5, '0'),
        grade: upTo(1),
        priceCounts: upTo(4),
        volumeCounts: upTo(6),
        amountCounts: upTo(6),
      }
    default: {
      const grades = Array.from({ length: wholeBetween(chance, 1, 6) }, () => ({
        grade: upTo(1),
        volumeCounts: upTo(8),
        amountCounts: upTo(8),
        firstPriceCounts: upTo(4),
        secondPriceCounts: upTo(4),
      }))
      return { kind: 'totals', grades }
    }
  }
}
