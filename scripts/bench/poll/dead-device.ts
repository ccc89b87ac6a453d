import { headsOnLine } from '../../../hardware/test/rigs/line-meters.ts'
import { sharedMs } from '../../../hardware/test/rigs/paced-clock.ts'
import type { BenchWire } from './bench-wire.ts'
import { pauseMs } from './polled-line.ts'

export type DeadDevice = {
  /** Rate of the other seven after the death over theirs before. */
  readonly share: number
  /** The same in the first ten seconds, while the bus finds out. */
  readonly firstShare: number
}

const firstMs = 10_000

/** The eighth of eight devices falls silent for ever; the other seven go on being polled. */
export async function oneDeadOfEight(
  wire: BenchWire,
  line: number,
  times: { readonly beforeMs: number; readonly afterMs: number },
): Promise<DeadDevice> {
  const seven = async (): Promise<number> => {
    const { reads } = await wire.count(line)
    return reads.slice(0, headsOnLine - 1).reduce((sum, count) => sum + count, 0)
  }
  const heard = async (): Promise<{ readonly reads: number; readonly atMs: number }> => ({
    reads: await seven(),
    atMs: sharedMs(),
  })
  const start = await heard()
  await pauseMs(times.beforeMs)
  const death = await heard()
  await wire.silence(line, headsOnLine)
  await pauseMs(Math.min(firstMs, times.afterMs))
  const soon = await heard()
  await pauseMs(Math.max(0, times.afterMs - firstMs))
  const end = await heard()
  const rate = (from: typeof start, to: typeof start): number =>
    (to.reads - from.reads) / (to.atMs - from.atMs)
  const alive = rate(start, death)
  return { share: rate(death, end) / alive, firstShare: rate(death, soon) / alive }
}
