import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { assert } from '@baari/shared/faults/assert'
import {
  fuzzDecoders,
  type FuzzOutcome,
} from '../../../hardware/test/protocols/fuzz/fuzz-decoders.ts'
import type { Bench, BenchOptions } from '../bench.ts'
import type { BenchResult, Goal } from '../figures/last-line.ts'

const inputsFull = 10_000_000
const inputsQuick = 200_000
/** Room for compiled code; a leak of one byte for every second input is above it. */
const heapGrowthMaxMb = 3

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

/** What is still in use late in the run against early in it, while the streams live on. */
function watchHeap(inputs: number) {
  const early = inputs / 10
  const late = early * 9
  let first: number | null = null
  let last: number | null = null
  return {
    look(done: number): void {
      if (done === early) first = heapInUse()
      if (done === late) last = heapInUse()
    },
    /** Null for a run too short to tell. */
    grownMb: (): number | null =>
      first === null || last === null ? null : (last - first) / 1_048_576,
  }
}

/** Bytes in use after a full collection: without one, what is not yet taken hides a leak. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  assert(typeof collect === 'function', 'this Node has no collector to call')
  collect()
  return process.memoryUsage().heapUsed
}
