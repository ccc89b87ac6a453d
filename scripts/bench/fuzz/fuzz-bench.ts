import { fuzzDecoders } from '../../../hardware/test/protocols/fuzz/fuzz-decoders.ts'
import type { Bench, BenchOptions } from '../bench.ts'
import type { BenchResult } from '../figures/last-line.ts'

const inputs = 10_000_000
const inputsQuick = 200_000
/** Room for what the collector has not taken yet; a leak of one byte an input is above it. */
const heapGrowthMaxMb = 8

/** Every registered decoder and codec, fed well-formed, damaged and random bytes from one seed. */
export const bench: Bench = { name: 'fuzz', run: (options) => Promise.resolve(run(options)) }

function run({ quick, seed, say }: BenchOptions): BenchResult {
  const count = quick ? inputsQuick : inputs
  const startedAt = performance.now()
  const heapLowest = { firstTenth: Infinity, lastTenth: Infinity }
  const outcome = fuzzDecoders({
    inputs: count,
    seed,
    each(done) {
      const { heapUsed } = process.memoryUsage()
      // Not before the first inputs: what is loaded and compiled then is no growth.
      if (done > 0 && done <= count / 10)
        heapLowest.firstTenth = Math.min(heapLowest.firstTenth, heapUsed)
      if (done >= (count * 9) / 10) heapLowest.lastTenth = Math.min(heapLowest.lastTenth, heapUsed)
      if (done > 0 && done % 1_000_000 === 0) say(`${done} inputs`)
    },
  })
  for (const [protocol, told] of Object.entries(outcome.protocols))
    say(`${protocol}: ${told.inputs} inputs, ${told.frames} frames, ${told.refused} refusals`)
  const { throws, damagedTaken, goodRefused, mismatches } = outcome
  const measured = heapLowest.lastTenth !== Infinity
  return {
    bench: 'fuzz',
    figures: {
      inputs: count,
      inputs_per_s: count / ((performance.now() - startedAt) / 1000),
      throws,
      damaged_tried: outcome.damagedTried,
      damaged_taken: damagedTaken,
      good_refused: goodRefused,
      stream_frames: outcome.streamFrames,
      mismatches,
      longest_pending_bytes: outcome.longestPending,
      ...(measured
        ? { heap_growth_mb: (heapLowest.lastTenth - heapLowest.firstTenth) / 1_048_576 }
        : {}),
    },
    goals: [
      { name: 'inputs', op: '>=', goal: quick ? inputsQuick : inputs },
      { name: 'throws', op: '==', goal: 0 },
      { name: 'damaged_taken', op: '==', goal: 0 },
      { name: 'good_refused', op: '==', goal: 0 },
      { name: 'mismatches', op: '==', goal: 0 },
      { name: 'longest_pending_bytes', op: '<=', goal: 8192 },
      ...(quick ? [] : [{ name: 'heap_growth_mb', op: '<=' as const, goal: heapGrowthMaxMb }]),
    ],
    rounds: 1,
    seed,
  }
}
