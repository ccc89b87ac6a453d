import type { Load } from './http-load.ts'
import type { Server } from './servers.ts'

export type Sizes = {
  readonly rounds: number
  /**
   * Fast rounds of each server before the first that counts. A node runs for months; ours has some
   * thirty times the code of the bare handler, and the engine compiles most of it only after a
   * thousand scans.
   */
  readonly warmRounds: number
  /** Scans of one round as fast as they go, in batches no longer than a station's queue. */
  readonly perRound: number
  readonly batch: number
  /** Scans of one round at a hundred a second. */
  readonly pacedPerRound: number
}

export type Round = { readonly perSecond: number; readonly tookMs: readonly number[] }

const atATime = 8
const pacedEveryMs = 10

/**
 * One round as fast as answers come. Between batches the vehicles leave again, outside of the time:
 * no station has hundreds waiting, and the rule's work grows with the queue.
 */
export async function fastRound(server: Server, { perRound, batch }: Sizes): Promise<Round> {
  const loads = await inBatches(server, { count: perRound, batch }, (posts) =>
    server.load.all(posts, atATime),
  )
  const elapsedMs = loads.reduce((sum, load) => sum + load.elapsedMs, 0)
  return { perSecond: (perRound * 1000) / elapsedMs, tookMs: timesOf(loads) }
}

/** One round in an open loop at a hundred scans a second. */
export async function pacedRound(
  server: Server,
  { pacedPerRound, batch }: Sizes,
): Promise<readonly number[]> {
  const loads = await inBatches(server, { count: pacedPerRound, batch }, (posts) =>
    server.load.paced(posts, pacedEveryMs),
  )
  return timesOf(loads)
}

async function inBatches(
  server: Server,
  { count, batch }: { readonly count: number; readonly batch: number },
  run: (posts: ReturnType<Server['posts']>) => Promise<Load>,
): Promise<readonly Load[]> {
  const loads: Load[] = []
  for (let done = 0; done < count; done += batch) {
    const load = await run(server.posts(Math.min(batch, count - done)))
    await server.settle(load)
    loads.push(load)
  }
  return loads
}

function timesOf(loads: readonly Load[]): readonly number[] {
  return loads.flatMap(({ answers }) => answers.map(({ tookMs }) => tookMs))
}
