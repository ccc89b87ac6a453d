import { runWorld, type WorldResult } from '../world/world.ts'
import type { SimOptions } from './options.ts'

export type SeedDone = Omit<WorldResult, 'trace'>

/** One world of the options, without what only a reader of traces wants. */
export async function runSeed(options: SimOptions, seed: number): Promise<SeedDone> {
  const { trace: _trace, ...done } = await runWorld({ ...options, seed, trace: false })
  return done
}
