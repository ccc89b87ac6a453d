import type { Prng } from '@baari/shared/runtime/chance'
import { wholeBetween } from '@baari/shared/testing/seeded-prng'
import { barrierPositions } from '../../../src/ports/barrier.ts'
import { createLaneCodec, encodeLaneReply } from '../../../src/protocols/baari-lane/codec.ts'
import type { LaneReply } from '../../../src/protocols/baari-lane/messages.ts'
import { streamOf, type FuzzTarget } from './fuzz-target.ts'

export const laneTarget: FuzzTarget = {
  protocol: 'baari-lane',
  good(chance) {
    const bytes = encodeLaneReply(randomLaneReply(chance))
    return { bytes, checkAt: [6, 5, 4, 3].map((back) => bytes.length - back) }
  },
  streams: () => [streamOf(createLaneCodec(), encodeLaneReply)],
}

export function randomLaneReply(chance: Prng): LaneReply {
  const seq = wholeBetween(chance, 0, 9_999)
  switch (wholeBetween(chance, 0, 4)) {
    case 0:
      return { kind: 'refused', seq, reason: 'occupied' }
    case 1:
      return { kind: 'shown', seq, page: { kind: 'closed' } }
    case 2: {
      const calls = Array.from({ length: wholeBetween(chance, 1, 4) }, () => ({
        label: `W-${wholeBetween(chance, 1, 999)}`,
        position: wholeBetween(chance, 1, 64),
      }))
      return { kind: 'shown', seq, page: { kind: 'calls', calls } }
    }
    default: {
      const position = barrierPositions[wholeBetween(chance, 0, 3)] ?? 'unknown'
      return { kind: 'barrier', seq, position, occupied: chance.next() < 0.5 }
    }
  }
}
