import {
  fuzzDecoders,
  type FuzzOutcome,
} from '../../../hardware/test/protocols/fuzz/fuzz-decoders.ts'
import type { Bench, BenchOptions } from '../bench.ts'
import type { BenchResult, Goal } from '../figures/last-line.ts'

const inputsFull = 10_000_000
const inputsQuick = 200_000
/** Room for what the collector has not taken yet; a leak of one byte an input is above it. */
const heapGrowthMaxMb = 8

const goals: readonly Goal[] = [
  { name: 'throws', op: '==', goal: 0 },
  { name: 'damaged_taken', op: '==', goal: 0 },
  { name: 'good_refused', op: '==', goal: 0 },
  { name: 'mismatches', op: '==', goal: 0 },
  { name: 'longest_pending_bytes', op: '<=', goal: 8192 },
]

/** Every registered decoder and codec, fed well-formed, damaged and random bytes from one seed. */
export const bench: Bench = { name: 'fuzz', run: (options) => Promise.resolve(run(options)) }

function run({ quick, seed, say }: BenchOptions): BenchResult {
  const inputs = quick ? inputsQuick : inputsFull
  const startedAt = performance.now()
  const heap = watchHeap(inputs)
  const outcome = fuzzDecoders({
    inputs,
    seed,
    each(done) {
      heap.look(done)
      if (done > 0 && done % 1_000_000 === 0) say(`${done} inputs`)
    },
  })
  const seconds = (performance.now() - startedAt) / 1000
  for (const [protocol, told] of Object.entries(outcome.protocols))
    say(`${protocol}: ${told.inputs} inputs, ${told.frames} frames, ${told.refused} refusals`)
  const grown = heap.grownMb()
  return {
    bench: 'fuzz',
    figures: {
      ...figuresOf(outcome),
      inputs_per_s: inputs / seconds,
      ...(grown === null ? {} : { heap_growth_mb: grown }),
    },
    goals: [
      { name: 'inputs', op: '>=', goal: inputs },
      ...goals,
      ...(quick ? [] : [{ name: 'heap_growth_mb', op: '<=' as const, goal: heapGrowthMaxMb }]),
    ],
    rounds: 1,
    seed,
  }
}

function figuresOf(outcome: FuzzOutcome): BenchResult['figures'] {
  return {
    inputs: outcome.inputs,
    throws: outcome.throws,
    damaged_tried: outcome.damagedTried,
    damaged_taken: outcome.damagedTaken,
    good_refused: outcome.goodRefused,
    stream_frames: outcome.streamFrames,
    mismatches: outcome.mismatches,
    longest_pending_bytes: outcome.longestPending,
  }
}

/** The least heap of the last tenth of the run against the least of its first. */
function watchHeap(inputs: number) {
  let first = Infinity
  let last = Infinity
  return {
    look(done: number): void {
      const { heapUsed } = process.memoryUsage()
      // Not before the first inputs: what is loaded and compiled then is no growth.
      if (done > 0 && done <= inputs / 10) first = Math.min(first, heapUsed)
      if (done >= (inputs * 9) / 10) last = Math.min(last, heapUsed)
    },
    /** Null for a run too short to tell. */
    grownMb: (): number | null =>
      first === Infinity || last === Infinity ? null : (last - first) / 1_048_576,
  }
}
