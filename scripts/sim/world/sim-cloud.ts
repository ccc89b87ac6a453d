import { memoryCloud, type MemoryCloud } from '@baari/cloud/adapters/memory/memory-cloud'
import type { MemorySnapshot } from '@baari/cloud/adapters/memory/memory-database'
import { chainStart, nextChain } from '@baari/cloud/adapters/postgres/sync/chain-hash'
import type { SaleDeps } from '@baari/cloud/app/bookings/make-booking'
import { sweepBookings } from '@baari/cloud/app/bookings/sweep-bookings'
import { receiveLease } from '@baari/cloud/app/lease/receive-lease'
import { finishCancels } from '@baari/cloud/app/sync/finish-cancels'
import type { SessionDeps } from '@baari/cloud/app/sync/open-session'
import type { ReceiveDeps } from '@baari/cloud/app/sync/receive-batch'
import { openTerm } from '@baari/shared/domain/lease/station-requests'
import type { LeaseRequest } from '@baari/shared/domain/lease/term'
import type { StationView } from '@baari/cloud/ports/stations'
import type { HeldTerm } from '@baari/shared/domain/lease/cloud-lease'
import { noGrams } from '@baari/shared/units/mass'
import type { Instant } from '@baari/shared/units/time'
import { plantedStreams, type Plant } from '../plants/plants.ts'
import { trueClock } from './clocks.ts'
import { sessionSignature, type WorldKeys } from './keys.ts'
import { ShapeFeed } from './shape-feed.ts'
import { compressorGramsPerHour } from './station-plan.ts'
import type { WorldParts } from './world-parts.ts'

const sweepEveryMs = 600_000
/** A term is good for an hour. */
const lendEveryMs = 1_800_000

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
  /** What each station has named in its grants: a renewal names only cells that changed. */
  readonly #granted = new Map<number, Granted>()
  readonly #lostWithCrash: () => void

  constructor(parts: WorldParts, keys: WorldKeys, plant: Plant | null) {
    this.#parts = parts
    const clock = trueClock(parts.timeline)
    this.stores = memoryCloud(chainStart, clock)
    this.feed = new ShapeFeed(this.stores)
    const { db, sessions, stations, book, asks } = this.stores
    const ids = parts.ids('cloud')
    const planted = plantedStreams(this.stores, { plant, timeline: parts.timeline })
    this.#lostWithCrash = planted.lostWithCrash
    // Demand is not forecast in this world, so nobody counts who was turned away.
    const unmet = { turnedAway: () => Promise.resolve(), met: () => Promise.resolve() }
    this.sale = { book, stations, issuer: keys.issuer, clock, ids, asks, unmet }
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
    repeat('lease', lendEveryMs, () => this.#lend())
    void this.#safely('lease', () => this.#lend())
  }

  /** Each station lends as one without kiosk sales would; the cloud takes it as from its route. */
  async #lend(): Promise<void> {
    const { leases, stations } = this.stores
    const { clock } = this.sale
    const now = clock.now()
    const horizon = horizonAt(now)
    for (const station of await stations.list()) {
      const said = await leases.transact(station.no, ({ held, generation }) =>
        Promise.resolve({ held, generation }),
      )
      if (said === undefined) continue
      const session = { station: station.no, generation: said.generation }
      const asked = requestOf(station, { held: said.held, horizon })
      const cells = cellsToName(asked, { station, before: this.#granted.get(station.no) })
      const request = { ...asked, cells, asks: this.#asksOf(station.no) }
      const taken = await receiveLease({ leases, clock }, session, request)
      if (!taken.ok) this.#parts.violation('a lease is taken', `${station.no} ${taken.error.error}`)
      const last = asked.cells.at(-1)?.start ?? now
      this.#granted.set(station.no, { positions: station.workingPositions, last })
    }
  }

  #asksOf(station: number): readonly string[] {
    const rows = [...this.stores.db.tables.leaseAsk.entries()]
    return rows.filter(([, row]) => row['station_no'] === station).map(([id]) => id)
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
    this.#granted.clear()
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

type Granted = { readonly positions: number; readonly last: Instant }

/** All cells of the horizon at first and after a change of positions, else those that are new. */
function cellsToName(
  { cells }: LeaseRequest,
  { station, before }: { readonly station: StationView; readonly before: Granted | undefined },
): LeaseRequest['cells'] {
  if (before?.positions !== station.workingPositions) return cells
  return cells.filter(({ start }) => start > before.last)
}

/** The first request of a station with so many positions; all of one moment differ in nothing else. */
function horizonAt(now: Instant): (positions: number) => LeaseRequest {
  const made = new Map<number, LeaseRequest>()
  return (positions) => {
    const known = made.get(positions)
    if (known !== undefined) return known
    const { request } = openTerm({
      cells: [],
      context: {
        facts: {
          ...{ positionsNow: positions, positionsPlanned: positions },
          ...{ compressorGramsPerHour, storedGrams: noGrams },
        },
        ...{ forecast: null, now, termId: '' },
      },
      fence: 1,
      closed: false,
    })
    made.set(positions, request)
    return request
  }
}

type Horizon = ReturnType<typeof horizonAt>

/** A first term, or the next request of the one that is held: both grant the whole horizon anew. */
function requestOf(
  { no, workingPositions }: StationView,
  { held, horizon }: { readonly held: HeldTerm | undefined; readonly horizon: Horizon },
): LeaseRequest {
  const request = horizon(workingPositions)
  if (held === undefined) return { ...request, term: { ...request.term, id: `term of ${no}` } }
  const { id, fence } = held.term
  return { ...request, no: held.no + 1, term: { ...request.term, id, fence } }
}
