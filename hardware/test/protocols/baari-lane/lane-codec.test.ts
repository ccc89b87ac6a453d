import { seededPrng } from '@baari/shared/testing/seeded-prng'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { asciiBytes } from '../../../src/protocols/ascii.ts'
import {
  createLaneCodec,
  encodeLaneReply,
  encodeLaneRequest,
  laneReplyRules,
  laneRequestRules,
  longestFrame,
} from '../../../src/protocols/baari-lane/codec.ts'
import { signLabel } from '../../../src/protocols/baari-lane/messages.ts'
import { randomLaneReply } from '../fuzz/lane-target.ts'
import { streamClaims } from '../stream-claims.ts'
import { vectorFile } from '../../vectors/vector-files.ts'

const line = z.object({ ascii: z.string(), message: z.looseObject({ kind: z.string() }) })
const vectors = vectorFile(
  'lane_vectors.json',
  z.object({
    requests: z.array(line),
    replies: z.array(line),
    refused: z.array(z.object({ ascii: z.string(), why: z.string() })),
  }),
)
const wire = (text: string): Uint8Array => asciiBytes(`${text}\r\n`)

describe('vectors of the signs and barriers', () => {
  it.each(vectors.requests)('request $ascii', ({ ascii, message }) => {
    expect(laneRequestRules.parse(wire(ascii))).toEqual(message)
  })

  it.each(vectors.replies)('reply $ascii', ({ ascii, message }) => {
    expect(laneReplyRules.parse(wire(ascii))).toEqual(message)
  })

  it.each(vectors.refused)('$why is refused: $ascii', ({ ascii }) => {
    expect(laneReplyRules.parse(wire(ascii))).toBeNull()
    expect(laneRequestRules.parse(wire(ascii))).toBeNull()
  })
})

streamClaims({
  make: createLaneCodec,
  reply: encodeLaneReply({
    kind: 'shown',
    seq: 7,
    page: { kind: 'calls', calls: [{ label: 'W-57', position: 3 }] },
  }),
  request: { kind: 'show', seq: 7, page: { kind: 'closed' } },
  noise: asciiBytes('xyz'),
  longestFrame,
})

it('what is sent is what is heard', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (seed) => {
      const frame = randomLaneReply(seededPrng(seed))
      const raw = encodeLaneReply(frame)
      expect(createLaneCodec().feed(raw)).toEqual([{ kind: 'frame', frame, raw }])
    }),
  )
})

it('S05 a reply with another number, or of another kind, answers nothing', () => {
  const codec = createLaneCodec()
  const expects = codec.expect({ kind: 'state', seq: 8 })
  const boom = { kind: 'barrier', position: 'open', occupied: false } as const
  expect(expects({ ...boom, seq: 8 })).toBe(true)
  expect(expects({ ...boom, seq: 7 })).toBe(false)
  expect(expects({ kind: 'shown', seq: 8, page: { kind: 'blank' } })).toBe(false)
  expect(expects({ kind: 'refused', seq: 8, reason: 'busy' })).toBe(true)
})

it.each([
  ['W-57', 'W-57'],
  ['b 1238', 'B1238'],
  ['गुजरात', '-'],
  ['~W=57*', 'W57'],
  ['ABCDEFGHIJKLMNOP', 'ABCDEFGHIJKL'],
])('the label %s stands on the sign as %s', (text, shown) => {
  expect(signLabel(text)).toBe(shown)
  const page = { kind: 'calls', calls: [{ label: signLabel(text), position: 1 }] } as const
  expect(laneRequestRules.parse(encodeLaneRequest({ kind: 'show', seq: 1, page }))).toMatchObject({
    page,
  })
})
