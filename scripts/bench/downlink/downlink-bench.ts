import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { present } from '@baari/shared/faults/assert'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { textTable } from '../../clients/text-table.ts'
import { temporaryFolder } from '../../dev/temporary-folder.ts'
import type { Bench, BenchOptions } from '../bench.ts'
import type { Goal } from '../figures/last-line.ts'
import { percentile, spreadOf } from '../figures/spread.ts'
import { pouchDefaultBatch, startPouchPeer, type PouchPeer } from '../pouchdb-peer.ts'
import { commitRate } from './commit-rate.ts'
import { startDownlinkCloud, type DownlinkCloud } from './downlink-cloud.ts'
import { startDownlinkNode, type DownlinkNode } from './downlink-node.ts'
import { readSnapshot } from './snapshot-reader.ts'

const goals: readonly Goal[] = [
  { name: 'snapshot_warm_per_s', op: '>=', goal: 30_000 },
  { name: 'catchup_per_s', op: '>=', goal: 20_000 },
  { name: 'visible_p99_ms', op: '<', goal: 50 },
  { name: 'commit_ratio', op: '>=', goal: 0.9 },
  { name: 'deadlocks', op: '==', goal: 0 },
]

type Sizes = {
  readonly rounds: number
  /** Rows of the snapshot, and rows that a node which was away catches up with. */
  readonly rows: number
  readonly visible: number
  readonly commitMs: number
  readonly peerDocs: number
}

const fullSizes: Sizes = { rounds: 5, rows: 20_000, visible: 80, commitMs: 3_000, peerDocs: 5_000 }
const quickSizes: Sizes = { rounds: 1, rows: 500, visible: 10, commitMs: 300, peerDocs: 100 }

/**
 * The way of a row from the cloud's PostgreSQL to the station's SQLite, durable at both ends: the
 * first snapshot, the same again, a node that was away, and one row at a time; and what following
 * costs those who write.
 */
export const bench: Bench = {
  name: 'downlink',
  async run(options) {
    const { quick, peers, seed, say } = options
    const sizes = quick ? quickSizes : fullSizes
    const folder = temporaryFolder('bench-downlink')
    const started: { stop(): Promise<void> }[] = []
    const keep = <T extends { stop(): Promise<void> }>(part: T): T => (started.push(part), part)
    try {
      const cloud = keep(await startDownlinkCloud(folder))
      const node = keep(await startDownlinkNode(join(folder, 'ledger.db'), cloud))
      const peer = peers ? keep(await startPouchPeer(folder, say)) : undefined
      if (peer === undefined) say('without PouchDB: the figure pouchdb_per_s is missing')
      const figures = await measure({ folder, cloud, node, peer }, sizes, options)
      return { bench: 'downlink', figures, goals, rounds: sizes.rounds, seed }
    } finally {
      for (const part of started.reverse()) await part.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

type Parts = {
  readonly folder: string
  readonly cloud: DownlinkCloud
  readonly node: DownlinkNode
  readonly peer: PouchPeer | undefined
}
type Rounds = {
  readonly cold: number[]
  readonly warm: number[]
  readonly catchUp: number[]
  readonly visibleMs: number[]
  readonly alone: number[]
  readonly followed: number[]
  /** Rows as documents, pulled by PouchDB; empty without it. */
  readonly pouch: number[]
}

async function measure(
  parts: Parts,
  sizes: Sizes,
  { say, seed }: BenchOptions,
): Promise<Record<string, number>> {
  const { cloud, node } = parts
  const walk = { next: 1 }
  const got: Rounds = {
    ...{ cold: [], warm: [], catchUp: [], visibleMs: [], alone: [], followed: [] },
    pouch: [],
  }
  let deadlocks = 0
  await node.follow()
  await cloud.addBookings(walk.next, 1)
  await node.visible(walk.next++)
  // The first round warms code and caches, and is not counted.
  for (let round = 0; round <= sizes.rounds; round += 1) {
    const counted = round > 0
    const token = await node.token()
    await cloud.forgetSnapshots()
    const cold = rate(await readSnapshot(cloud.url, token))
    const warm = rate(await readSnapshot(cloud.url, token))
    const catchUp = await catchUpRound(parts, { walk, rows: sizes.rows })
    const pouch = await peerRound(parts, { docs: sizes.peerDocs, round })
    const visibleMs = await visibleRound(parts, {
      walk,
      samples: sizes.visible,
      seed: seed + round,
    })
    const alone = await aloneRound(parts, { forMs: sizes.commitMs, seed: seed + round * 2 })
    const followed = await commitRate(cloud, { forMs: sizes.commitMs, seed: seed + round * 2 + 1 })
    deadlocks += alone.deadlocks + followed.deadlocks
    // The rows of other stations are not the bench's, and would slow its table down.
    await cloud.pool.query('DELETE FROM booking WHERE station_no >= 100')
    if (!counted) continue
    got.cold.push(cold)
    got.warm.push(warm)
    got.catchUp.push(catchUp)
    if (pouch !== undefined) got.pouch.push(pouch)
    got.visibleMs.push(...visibleMs)
    got.alone.push(alone.perSecond)
    got.followed.push(followed.perSecond)
  }
  sayRounds(say, got)
  return figuresOf(got, deadlocks)
}

function rate({ rows, elapsedMs }: { readonly rows: number; readonly elapsedMs: number }): number {
  return (rows * 1_000) / elapsedMs
}

type Walk = { next: number }

/** From the node's coming back to the moment its own file shows the last of the rows. */
async function catchUpRound(
  { cloud, node }: Parts,
  { walk, rows }: { readonly walk: Walk; readonly rows: number },
): Promise<number> {
  node.unfollow()
  await cloud.addBookings(walk.next, rows)
  walk.next += rows
  const begun = performance.now()
  await node.follow()
  const at = await node.visible(walk.next - 1)
  return (rows * 1_000) / (at - begun)
}

/** As many of the same rows as documents, into a database that has none of them. */
async function peerRound(
  { folder, cloud, peer }: Parts,
  { docs, round }: { readonly docs: number; readonly round: number },
): Promise<number | undefined> {
  if (peer === undefined) return undefined
  const { rows } = await cloud.pool.query<{ row: object }>(
    'SELECT to_json(b) AS row FROM booking b WHERE station_no = $1 ORDER BY id LIMIT $2',
    [cloud.station.no, docs],
  )
  const file = join(folder, `rows-${round}.ndjson`)
  writeFileSync(file, rows.map(({ row }, s) => `${JSON.stringify({ s, ...row })}\n`).join(''))
  return peer.pull(file, pouchDefaultBatch)
}

type Visible = { readonly walk: Walk; readonly samples: number; readonly seed: number }

/** From the commit of a writer the cloud knows nothing of to the row in the node's file. */
async function visibleRound(
  { cloud, node }: Parts,
  { walk, samples, seed }: Visible,
): Promise<readonly number[]> {
  const prng = seededPrng(seed)
  const took: number[] = []
  for (let sample = 0; sample < samples; sample += 1) {
    await sleep(5 + prng.next() * 45)
    const n = walk.next++
    await cloud.addBookings(n, 1)
    const committed = performance.now()
    took.push(Math.max(0, (await node.visible(n)) - committed))
  }
  return took
}

/** The same writers while nobody waits for what they write. */
async function aloneRound(
  { cloud, node }: Parts,
  input: { readonly forMs: number; readonly seed: number },
): Promise<Awaited<ReturnType<typeof commitRate>>> {
  node.unfollow()
  const alone = await commitRate(cloud, input)
  await node.follow()
  return alone
}

function figuresOf(got: Rounds, deadlocks: number): Record<string, number> {
  const ratios = got.followed.map((value, round) => value / (got.alone[round] ?? NaN))
  return {
    snapshot_cold_per_s: spreadOf(got.cold).median,
    snapshot_warm_per_s: spreadOf(got.warm).median,
    catchup_per_s: spreadOf(got.catchUp).median,
    visible_p50_ms: present(percentile(got.visibleMs, 0.5), 'samples'),
    visible_p99_ms: present(percentile(got.visibleMs, 0.99), 'samples'),
    ...(got.pouch.length === 0 ? {} : { pouchdb_per_s: spreadOf(got.pouch).median }),
    commits_alone_per_s: spreadOf(got.alone).median,
    commits_followed_per_s: spreadOf(got.followed).median,
    commit_ratio: spreadOf(ratios).median,
    deadlocks,
  }
}

function sayRounds(say: BenchOptions['say'], got: Rounds): void {
  const line = (name: string, samples: readonly number[], digits = 0): readonly string[] => {
    const { median, low, high } = spreadOf(samples)
    return [name, ...[median, low, high].map((value) => value.toFixed(digits))]
  }
  const table = [
    ['figure', 'median', 'low', 'high'],
    line('snapshot, first, rows/s', got.cold),
    line('snapshot, again, rows/s', got.warm),
    line('catch-up into SQLite, rows/s', got.catchUp),
    ...(got.pouch.length === 0 ? [] : [line('PouchDB pulls, documents/s', got.pouch)]),
    line('visible after commit, ms', got.visibleMs, 1),
    line('16 writers alone, commits/s', got.alone),
    line('16 writers followed, commits/s', got.followed),
  ]
  for (const text of textTable(table, { rightAligned: new Set([1, 2, 3]) })) say(text)
}
