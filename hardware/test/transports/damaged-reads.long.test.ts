import { grams } from '@baari/shared/units/mass'
import { millis } from '@baari/shared/units/time'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { expect, it } from 'vitest'
import { nozzleNo } from '../../src/ports/dispenser.ts'
import { runDamagedReads } from '../bench/damaged-reads.ts'
import { runLateOnWire } from '../bench/late-replies.ts'
import { lineHead } from '../rigs/line-meters.ts'
import { steppedClock } from '../rigs/stepped-clock.ts'
import { witnessed } from '../rigs/witnessed-head.ts'

it('S02 over a wire that turns one byte in 500 and swallows one in 1,000 no value is wrong', async () => {
  const outcome = await runDamagedReads({
    reads: 1_500,
    seed: 1,
    flipShare: 0.002,
    dropShare: 0.001,
  })
  expect(outcome.wrong).toBe(0)
  expect(outcome.given).toBeGreaterThan(750)
  expect(outcome.wire.flipped).toBeGreaterThan(50)
  expect(outcome.stats.damagedFrames).toBeGreaterThan(20)
})

it('S05 of 500 reads over the wire with every third reply late none is wrong', async () => {
  const outcome = await runLateOnWire({ reads: 500, seed: 1 })
  expect(outcome.wrong).toBe(0)
  expect(outcome.right).toBeGreaterThan(250)
  expect(outcome.stats.lateReplies).toBeGreaterThan(100)
})

it('a value the head did not send, or sent too long ago, is found out', () => {
  const timing = { baud: 9_600, bitsPerChar: 11 } as const
  const deviceDelayMs = millis(6)
  const head = lineHead({ address: 1, prng: seededPrng(1), timing, deviceDelayMs })
  const witness = witnessed(head, steppedClock())
  witness.device.bank.read(0, 12)
  const now = { atMs: 60, withinMs: 150 }
  const status = {
    nozzle: nozzleNo(1),
    state: 'idle',
    nozzleOut: false,
    saleGrams: grams(0),
    totaliserGrams: head.totaliserGrams(),
    saleSequence: 0,
    bootEpoch: 1,
  } as const
  expect(witness.sentStatus(status, now)).toBe(true)
  expect(witness.sentTotal(head.totaliserGrams(), now)).toBe(true)
  const turned = grams(head.totaliserGrams() ^ 1)
  expect(witness.sentStatus({ ...status, totaliserGrams: turned }, now)).toBe(false)
  expect(witness.sentTotal(turned, now)).toBe(false)
  expect(witness.sentTotal(head.totaliserGrams(), { atMs: 200, withinMs: 150 })).toBe(false)
})
