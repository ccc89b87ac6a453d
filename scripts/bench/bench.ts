import type { BenchResult } from './figures/last-line.ts'

export type BenchOptions = {
  /** Short form for CI: shows that the bench works, not what the machine can do. */
  readonly quick: boolean
  /** False leaves out the peers that are installed on first use. */
  readonly peers: boolean
  readonly seed: number
  /** Readings to be acknowledged before the kill of a bench that counts losses; its own when absent. */
  readonly loss?: number
  /** For the twin: replications, days of each, and a file of stations and bars; its own when absent. */
  readonly reps?: number
  readonly days?: number
  readonly scenario?: string
  readonly say: (line: string) => void
}

/** A program that starts the real parts and measures ours, the peer and the limit in one run. */
export type Bench = {
  /** As typed: `npm run bench -- scan`. */
  readonly name: string
  readonly run: (options: BenchOptions) => Promise<BenchResult>
}
