import { memoryCloud, type MemoryCloud } from '@baari/cloud/adapters/memory/memory-cloud'
import type { MemorySnapshot } from '@baari/cloud/adapters/memory/memory-database'
import { chainStart, nextChain } from '@baari/cloud/adapters/postgres/sync/chain-hash'
import type { SaleDeps } from '@baari/cloud/app/bookings/make-booking'
import { sweepBookings } from '@baari/cloud/app/bookings/sweep-bookings'
import { seedCells } from '@baari/cloud/app/slots/seed-cells'
import { finishCancels } from '@baari/cloud/app/sync/finish-cancels'
import type { SessionDeps } from '@baari/cloud/app/sync/open-session'
import type { ReceiveDeps } from '@baari/cloud/app/sync/receive-batch'
import { perMille } from '@baari/shared/units/work'
import { plantedStreams, type Plant } from '../plants/plants.ts'
import { trueClock } from './clocks.ts'
import { sessionSignature, type WorldKeys } from './keys.ts'
import { ShapeFeed } from './shape-feed.ts'
import type { WorldParts } from './world-parts.ts'

const sweepEveryMs = 600_000
const seedEveryMs = 3_600_000

/** A crash in the middle of a transaction, right before its commit. */
export class CrashBeforeCommit extends Error {
  override readonly name = 'CrashBeforeCommit'
}

/**
 * The cloud as one process over the memory store: the use-cases of sale, session and uplink, its
 * jobs, and its deaths. What is committed outlives it, what is under way does not.
 */
export class SimCloud {
  readonly stores: MemoryCloud
  readonly feed: ShapeFeed
  readonly sale: SaleDeps
  readonly session: SessionDeps
  readonly receive: ReceiveDeps
  /** Rises with every start; an answer of an earlier life never arrives. */
  life = 1
  up = true
  /** Called when the database was replaced by its backup. */
  onRestored: () => void = () => undefined
  /** Highest sequence number acknowledged to a station, by stream of an epoch. */
  readonly acknowledged = new Map<string, number>()
  readonly #parts: WorldParts
  #backup: MemorySnapshot | undefined
  #crashNextCommit = false
  readonly #lostWithCrash: () => void

  constructor(parts: WorldParts, keys: WorldKeys, plant: Plant | null) {
    this.#parts = parts
    this.stores = memoryCloud(chainStart)
    this.feed = new ShapeFeed(this.stores)
    const { db, sessions, stations, book } = this.stores
    const clock = trueClock(parts.timeline)
    const ids = parts.ids('cloud')
    const planted = plantedStreams(this.stores, { plant, timeline: parts.timeline })
    this.#lostWithCrash = planted.lostWithCrash
    this.sale = { book, stations, issuer: keys.issuer, clock, ids }
    this.session = {
      sessions,
      clock,
      ids,
      verify: (publicKey, text, signature) => sessionSignature(publicKey, text) === signature,
    }
    this.receive = {
      streams: planted.streams,
      clock,
      nextHash: nextChain,
      finishCancels: finishCancels(book, (error) => {
        if (!(error instanceof CrashBeforeCommit)) throw error
      }),
    }
    db.beforeCommit = () => {
      if (!this.#crashNextCommit) return
      this.#crashNextCommit = false
      parts.trace('cloud', 'dies before a commit')
      this.crash(5_000)
      throw new CrashBeforeCommit()
    }
  }

  /** Starts the jobs; they run while the process lives. */
  start(): void {
    const { timeline } = this.#parts
    const repeat = (name: string, every: number, run: () => Promise<unknown>): void => {
      timeline.after(`cloud ${name}`, every, () => {
        repeat(name, every, run)
        if (this.up) void this.#safely(name, run)
      })
    }
    repeat('sweep', sweepEveryMs, () => sweepBookings(this.sale))
    repeat('seed', seedEveryMs, () => this.seed())
    void this.#safely('seed', () => this.seed())
  }

  seed(): Promise<void> {
    const { stations, grants } = this.stores
    const { clock } = this.sale
    return seedCells({ stations, grants, clock, cloudShare: perMille(700) })
  }

  /** The process dies now and comes back after `forMs`; answers under way are lost. */
  crash(forMs: number): void {
    if (!this.up) return
    this.up = false
    this.life += 1
    this.#lostWithCrash()
    this.#checkAcknowledged()
    this.#parts.timeline.after('cloud back', forMs, () => {
      this.up = true
      this.#parts.trace('cloud', 'is back')
    })
  }

  crashBeforeNextCommit(): void {
    this.#crashNextCommit = true
  }

  calm(): void {
    this.#crashNextCommit = false
  }

  backUp(): void {
    this.#backup = this.stores.db.snapshot()
  }

  /** The database is lost and its last backup put in place: shapes are retired (sync.md 6.8). */
  restoreBackup(): boolean {
    if (this.#backup === undefined || !this.up) return false
    this.crash(60_000)
    this.stores.db.restore(this.#backup)
    this.acknowledged.clear()
    this.feed.restart()
    this.onRestored()
    return true
  }

  /** What is told to a station must be kept; a crash shows whether it is. */
  #checkAcknowledged(): void {
    for (const [path, seq] of this.acknowledged) {
      const head = this.stores.db.tables.head.get(path)?.seq ?? 0
      if (head >= seq) continue
      this.#parts.violation('acknowledged ops are kept', `${path}: ${seq} told, ${head} kept`)
      this.acknowledged.set(path, head)
    }
  }

  async #safely(name: string, run: () => Promise<unknown>): Promise<void> {
    try {
      await run()
    } catch (error) {
      if (!(error instanceof CrashBeforeCommit))
        this.#parts.violation(`cloud ${name}`, String(error))
    }
  }
}
