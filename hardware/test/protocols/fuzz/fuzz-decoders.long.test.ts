import { expect, it } from 'vitest'
import { hexDecoders } from '../../../src/protocols/decoders.ts'
import { fuzzDecoders } from './fuzz-decoders.ts'

it('50,000 seeded inputs over all decoders neither throw nor grow, and no damaged check value is taken', () => {
  const outcome = fuzzDecoders({ inputs: 50_000, seed: 1 })
  expect(outcome.throws).toBe(0)
  expect(outcome.damagedTaken).toBe(0)
  expect(outcome.goodRefused).toBe(0)
  expect(outcome.mismatches).toBe(0)
  expect(outcome.longestPending).toBeLessThan(8192)
  expect(outcome.damagedTried).toBeGreaterThan(2_000)
  expect(outcome.streamFrames).toBeGreaterThan(10_000)
  for (const { protocol } of hexDecoders)
    expect(outcome.protocols[protocol]?.inputs, protocol).toBeGreaterThan(5_000)
})

it('the same seed finds the same', () => {
  const once = fuzzDecoders({ inputs: 5_000, seed: 7 })
  expect(fuzzDecoders({ inputs: 5_000, seed: 7 })).toEqual(once)
  expect(fuzzDecoders({ inputs: 5_000, seed: 8 })).not.toEqual(once)
})
