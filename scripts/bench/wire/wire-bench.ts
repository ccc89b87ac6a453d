import { runDamagedReads } from '../../../hardware/test/bench/damaged-reads.ts'
import { runLateOnWire } from '../../../hardware/test/bench/late-replies.ts'
import type { Bench, BenchOptions } from '../bench.ts'
import type { Goal } from '../figures/last-line.ts'

const readsFull = { damaged: 100_000, late: 10_000 }
const readsQuick = { damaged: 2_000, late: 300 }
const flipShare = 0.002
const dropShare = 0.001

/** Reads over a half-duplex wire that damages bytes, and of a device that answers late. */
export const bench: Bench = {
  name: 'wire',
  async run(options) {
    const { quick, seed } = options
    const reads = quick ? readsQuick : readsFull
    const goals: readonly Goal[] = [
      { name: 'reads', op: '>=', goal: reads.damaged },
      { name: 'wrong_values', op: '==', goal: 0 },
      { name: 'late_reads', op: '>=', goal: reads.late },
      { name: 'late_wrong_values', op: '==', goal: 0 },
    ]
    return { bench: 'wire', figures: await readOverWire(options), goals, rounds: 1, seed }
  },
}

/** Simulated time: a hundred thousand reads take about a minute, at any speed of the machine. */
export async function readOverWire({
  quick,
  seed,
  say,
}: BenchOptions): Promise<Record<string, number>> {
  const reads = quick ? readsQuick : readsFull
  const damaged = await runDamagedReads({ reads: reads.damaged, seed, flipShare, dropShare })
  const { wire, stats } = damaged
  say(
    `${damaged.reads} reads, ${wire.flipped} of ${wire.bytes} bytes turned, ${wire.dropped} ` +
      `swallowed, ${stats.damagedFrames} frames damaged: ${damaged.given} values given out, ` +
      `${damaged.wrong} wrong`,
  )
  const late = await runLateOnWire({ reads: reads.late, seed })
  say(
    `${late.reads} reads, every third answered late: ${late.right} right, ${late.wrong} wrong, ` +
      `${late.failed} without a value, ${late.stats.lateReplies} late replies thrown away`,
  )
  return {
    reads: damaged.reads,
    values_given: damaged.given,
    wrong_values: damaged.wrong,
    damaged_frames: stats.damagedFrames,
    late_reads: late.reads,
    late_right: late.right,
    late_wrong_values: late.wrong,
  }
}
