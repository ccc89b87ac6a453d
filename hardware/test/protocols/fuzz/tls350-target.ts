import type { Prng } from '@baari/shared/runtime/chance'
import { wholeBetween } from '@baari/shared/testing/seeded-prng'
import { createTls350Codec, encodeReply } from '../../../src/protocols/tls350/codec.ts'
import { tlsFloatOf, type TlsReply } from '../../../src/protocols/tls350/frames.ts'
import { streamOf, type FuzzTarget } from './fuzz-target.ts'

export const tls350Target: FuzzTarget = {
  protocol: 'tls350',
  good(chance) {
    const bytes = encodeReply(randomReply(chance))
    return { bytes, checkAt: [5, 4, 3, 2].map((back) => bytes.length - back) }
  },
  streams: () => [streamOf(createTls350Codec(), encodeReply)],
}

function randomReply(chance: Prng): TlsReply {
  const tank = String(wholeBetween(chance, 0, 16)).padStart(2, '0')
  const gaugeTime = '2611291620'
  switch (wholeBetween(chance, 0, 3)) {
    case 0:
      return { kind: 'unknown-command' }
    case 1:
      return { kind: 'report', fn: '101', tank, gaugeTime, body: '020402' }
    default: {
      const tanks = Array.from({ length: wholeBetween(chance, 0, 3) }, () => ({
        tank,
        product: String(wholeBetween(chance, 1, 9)),
        statusBits: '0000',
        values: Array.from({ length: 7 }, () => tlsFloatOf(chance.next() * 10_000)),
      }))
      return { kind: 'inventory', tank, gaugeTime, tanks }
    }
  }
}
