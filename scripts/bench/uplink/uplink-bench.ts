import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemIds } from '@baari/edge/adapters/system/system-ids'
import { maxBatchOps } from '@baari/shared/contracts/sync/uplink'
import { assert } from '@baari/shared/faults/assert'
import Database from 'better-sqlite3'
import { textTable } from '../../clients/text-table.ts'
import { temporaryFolder } from '../../dev/temporary-folder.ts'
import type { Bench, BenchOptions } from '../bench.ts'
import type { Goal } from '../figures/last-line.ts'
import { spreadOf } from '../figures/spread.ts'
import { pouchDefaultBatch, startPouchPeer, type PouchPeer } from '../pouchdb-peer.ts'
import { openBareStore, type BareStore } from './bare-store.ts'
import { startBenchCloud, type BenchCloud } from './bench-cloud.ts'
import { startBenchNode, type BenchNode } from './bench-node.ts'
import { opsPerBooking } from './booking-ops.ts'

const goals: readonly Goal[] = [
  { name: 'ours_per_s', op: '>=', goal: 10_000 },
  { name: 'ratio', op: '>=', goal: 10 },
  { name: 'replay_per_s', op: '>=', goal: 25_000 },
  { name: 'replay_effects', op: '==', goal: 0 },
  { name: 'bytes_per_op', op: '<=', goal: 30 },
  { name: 'bytes_per_booking', op: '<=', goal: 400 },
  { name: 'seven_days_s', op: '<=', goal: 10 },
]

type Sizes = {
  readonly rounds: number
  /** Before the first that counts: a cloud runs for months, and is half as fast in its first minute. */
  readonly warmRounds: number
  readonly bookingsPerRound: number
  readonly peerDocs: number
  readonly sevenDaysOps: number
}

const fullSizes: Sizes = {
  rounds: 5,
  warmRounds: 5,
  bookingsPerRound: 3_000,
  peerDocs: 6_000,
  sevenDaysOps: 70_000,
}
const quickSizes: Sizes = {
  rounds: 1,
  warmRounds: 1,
  bookingsPerRound: 60,
  peerDocs: 100,
  sevenDaysOps: 1_100,
}

const dayMs = 86_400_000

/**
 * The way of an op from the node's SQLite to the cloud's PostgreSQL, durable at both ends, beside
 * PouchDB on the same machine and beside what this PostgreSQL stores at all; duplicates; bytes; and
 * a week without a link.
 */
export const bench: Bench = {
  name: 'uplink',
  async run(options) {
    const { quick, peers, seed, say } = options
    const sizes = quick ? quickSizes : fullSizes
    const folder = temporaryFolder('bench-uplink')
    const parts: { stop(): Promise<void> }[] = []
    const keep = <T extends { stop(): Promise<void> }>(part: T): T => (parts.push(part), part)
    try {
      const cloud = keep(await startBenchCloud(folder))
      const node = keep(await startBenchNode({ folder, cloud, seed }))
      const peer = peers ? keep(await startPouchPeer(folder, say)) : undefined
      if (peer === undefined)
        say('without PouchDB: the figures pouchdb_per_s and ratio are missing')
      const bare = await openBareStore(cloud.pool, { folder, batch: maxBatchOps })
      const site: Site = { folder, cloud, node, peer, bare, fromMs: Date.now() - 60 * dayMs }
      const rounds = await measure(site, { sizes, say })
      const sevenDaysS = await sevenDays(site, sizes)
      say(`seven days without a link, ${sizes.sevenDaysOps} ops: ${sevenDaysS.toFixed(2)} s`)
      const figures = { ...figuresOf(rounds), seven_days_s: sevenDaysS }
      return { bench: 'uplink', figures, goals, rounds: sizes.rounds, seed }
    } finally {
      for (const part of parts.reverse()) await part.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

type Site = {
  readonly folder: string
  readonly cloud: BenchCloud
  readonly node: BenchNode
  readonly peer: PouchPeer | undefined
  readonly bare: BareStore
  readonly fromMs: number
}

type Round = {
  readonly oursPerS: number
  readonly barePerS: number
  readonly pouchPerS: number | undefined
  /** With as many documents in a batch as ours has ops. */
  readonly pouchTunedPerS: number | undefined
  readonly replayPerS: number
  readonly replayEffects: number
  readonly bytesPerOp: number
  readonly bytesPerBooking: number
}

type Measuring = { readonly sizes: Sizes; readonly say: BenchOptions['say'] }

/** Rounds of warm-up, then ours and the peer's in turn. */
async function measure(site: Site, { sizes, say }: Measuring): Promise<readonly Round[]> {
  const rounds: Round[] = []
  for (let round = 0; round < sizes.warmRounds + sizes.rounds; round += 1) {
    const bookings = await backlog(site, sizes.bookingsPerRound, round)
    const { ops, tookMs, bytes } = await site.node.drain()
    const before = total(await site.cloud.rows())
    const again = await site.node.replay()
    const replayEffects = total(await site.cloud.rows()) - before
    const bare = await site.bare.round(ops)
    const file = peerFile(site, sizes.peerDocs)
    const pouchPerS = await site.peer?.round(file, pouchDefaultBatch)
    const pouchTunedPerS = await site.peer?.round(file, maxBatchOps)
    if (round < sizes.warmRounds) continue
    rounds.push({
      oursPerS: (ops * 1_000) / tookMs,
      barePerS: (bare.ops * 1_000) / bare.tookMs,
      pouchPerS,
      pouchTunedPerS,
      replayPerS: (again.ops * 1_000) / again.tookMs,
      replayEffects,
      bytesPerOp: bytes / ops,
      bytesPerBooking: bytes / bookings,
    })
  }
  sayRounds(say, rounds)
  return rounds
}

/** Bookings the cloud knows and whose ops wait at the node; answers how many. */
async function backlog(site: Site, bookings: number, round: number): Promise<number> {
  const newIds = systemIds()
  const ids = Array.from({ length: bookings }, () => newIds.uuid())
  await site.cloud.addBookings(ids)
  const ops = await site.node.append(ids, site.fromMs + round * dayMs)
  assert(ops === bookings * opsPerBooking, `${ops} ops of ${bookings} bookings wait`)
  return bookings
}

async function sevenDays(site: Site, { sevenDaysOps, warmRounds, rounds }: Sizes): Promise<number> {
  await backlog(site, Math.ceil(sevenDaysOps / opsPerBooking), warmRounds + rounds)
  const { tookMs } = await site.node.drain()
  return tookMs / 1_000
}

/** The newest ops of the node, as its lines: the peer carries the same content. */
function peerFile({ folder }: Site, count: number): string {
  const db = new Database(join(folder, 'ledger.db'), { readonly: true })
  const lines = db
    .prepare<[number], { readonly raw: Buffer }>(
      `SELECT raw FROM outbox WHERE stream = 'ledger' ORDER BY seq DESC LIMIT ?`,
    )
    .all(count)
    .map(({ raw }) => `${raw.toString('utf8')}\n`)
  db.close()
  const file = join(folder, 'peer-docs.ndjson')
  writeFileSync(file, lines.join(''))
  return file
}

function total(rows: Readonly<Record<string, number>>): number {
  return Object.values(rows).reduce((sum, count) => sum + count, 0)
}

function figuresOf(rounds: readonly Round[]): Record<string, number> {
  const middle = (of: (round: Round) => number): number => spreadOf(rounds.map(of)).median
  return {
    ours_per_s: middle(({ oursPerS }) => oursPerS),
    limit_per_s: middle(({ barePerS }) => barePerS),
    of_limit: middle(({ oursPerS, barePerS }) => oursPerS / barePerS),
    ...besides(rounds, { of: 'pouchPerS', rate: 'pouchdb_per_s', ratio: 'ratio' }),
    ...besides(rounds, {
      ...{ of: 'pouchTunedPerS', rate: 'pouchdb_tuned_per_s', ratio: 'ratio_tuned' },
    }),
    replay_per_s: middle(({ replayPerS }) => replayPerS),
    replay_effects: Math.max(...rounds.map(({ replayEffects }) => replayEffects)),
    bytes_per_op: middle(({ bytesPerOp }) => bytesPerOp),
    bytes_per_booking: middle(({ bytesPerBooking }) => bytesPerBooking),
  }
}

type Beside = {
  readonly of: 'pouchPerS' | 'pouchTunedPerS'
  readonly rate: string
  readonly ratio: string
}

/** The peer's rate, and ours over it round by round; nothing when it was left out. */
function besides(
  rounds: readonly Round[],
  { of, rate, ratio }: Beside,
): Readonly<Record<string, number>> {
  const pairs = rounds.flatMap((round) => {
    const peer = round[of]
    return peer === undefined ? [] : [{ peer, ratio: round.oursPerS / peer }]
  })
  if (pairs.length === 0) return {}
  return {
    [rate]: spreadOf(pairs.map(({ peer }) => peer)).median,
    [ratio]: spreadOf(pairs.map((pair) => pair.ratio)).median,
  }
}

function sayRounds(say: BenchOptions['say'], rounds: readonly Round[]): void {
  const row = (name: string, of: (round: Round) => number | undefined, digits = 0) => {
    const samples = rounds.flatMap((round) => of(round) ?? [])
    if (samples.length === 0) return []
    const { median, low, high } = spreadOf(samples)
    return [[name, ...[median, low, high].map((value) => value.toFixed(digits))]]
  }
  const table = [
    ['figure', 'median', 'low', 'high'],
    ...row('ours, ops/s', ({ oursPerS }) => oursPerS),
    ...row('PostgreSQL alone, ops/s', ({ barePerS }) => barePerS),
    ...row('PouchDB, docs/s', ({ pouchPerS }) => pouchPerS),
    ...row('PouchDB in batches as ours', ({ pouchTunedPerS }) => pouchTunedPerS),
    ...row('duplicates, ops/s', ({ replayPerS }) => replayPerS),
    ...row('bytes per op', ({ bytesPerOp }) => bytesPerOp, 1),
    ...row('bytes per booking', ({ bytesPerBooking }) => bytesPerBooking, 1),
  ]
  for (const line of textTable(table, { rightAligned: new Set([1, 2, 3]) })) say(line)
}
