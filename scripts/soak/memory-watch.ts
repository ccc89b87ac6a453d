import { present } from '@baari/shared/faults/assert'
import { median } from '../bench/figures/spread.ts'

export type MemorySample = { readonly atMs: number; readonly residentMb: number }

export type MemoryGrowth = {
  readonly mostMb: number
  /** Medians of the second and of the last quarter of the time: the first is the warm-up. */
  readonly earlyMb: number
  readonly lateMb: number
  readonly growthMb: number
}

/**
 * Whether a process grows, from samples in order of time. Medians of quarters, because a collector
 * makes every single sample a matter of the moment.
 */
export function memoryGrowth(samples: readonly MemorySample[]): MemoryGrowth {
  const [startMs, endMs] = [samples[0]?.atMs ?? 0, samples.at(-1)?.atMs ?? 0]
  const quarterMs = (endMs - startMs) / 4
  const between = (from: number, to: number): number =>
    present(
      median(
        samples
          .filter(
            ({ atMs }) => atMs >= startMs + from * quarterMs && atMs <= startMs + to * quarterMs,
          )
          .map(({ residentMb }) => residentMb),
      ),
      'a sample in each quarter',
    )
  const [earlyMb, lateMb] = [between(1, 2), between(3, 4)]
  const mostMb = Math.max(...samples.map(({ residentMb }) => residentMb))
  return { mostMb, earlyMb, lateMb, growthMb: lateMb - earlyMb }
}
