import Database from 'better-sqlite3'
import { openRestoredEpoch } from '@baari/edge/adapters/ledger/restored-epoch'
import type { LedgerPlace, Sqlite } from '@baari/edge/adapters/ledger/open-database'
import type { PositionNo } from '@baari/shared/units/names'
import { watchRows } from '../checks/followed-rows.ts'
import { watchValve } from '../checks/valves.ts'
import type { Plant } from '../plants/plants.ts'
import { between } from './chance.ts'
import { CloudDoor } from './cloud-door.ts'
import { freshDisk } from './fresh-disk.ts'
import type { WorldKeys } from './keys.ts'
import type { SimCloud } from './sim-cloud.ts'
import { SimNozzle } from './sim-nozzle.ts'
import { settingsOf } from './station-plan.ts'
import { startProcess, type StationProcess } from './station-process.ts'
import { Wire } from './wire.ts'
import type { WorldParts } from './world-parts.ts'

export type StationParts = {
  readonly world: WorldParts
  readonly cloud: SimCloud
  readonly keys: WorldKeys
  readonly plant: Plant | null
  readonly no: number
  readonly positions: number
}

/** How the computer a process runs on is wired now. */
type Box = { plugged: boolean; connected: () => boolean }

type Stray = { readonly old: StationProcess; readonly box: Box; readonly looks: number }

/** Longer than a session is good for. */
const plugLooks = 30

/** One station on the ground: its dispensers, its line, its disk, and the process that runs now. */
export class Station {
  readonly no: number
  readonly name: string
  readonly wire: Wire
  readonly nozzles: ReadonlyMap<PositionNo, SimNozzle>
  process: StationProcess | undefined
  wallOffsetMs = 0
  /** Grows when a disk is lost and a backup put in. */
  ledgerNo = 1
  /** Called after every start of a process and every change on the forecourt. */
  onStir: () => void = () => undefined
  readonly #parts: StationParts
  readonly #door: CloudDoor
  readonly #ids
  readonly #prng
  /** What the disk holds while no process runs. */
  #disk: Buffer | undefined
  #backup: Buffer | undefined
  #diskFull = false
  #starts = 0
  #box: Box = { plugged: true, connected: () => true }
  /** The newest process, by its start, that the cloud has opened a session for. */
  #newestHeard = 0
  readonly #heard = new Set<number>()
  /** A node that another has taken the place of, still on the network. */
  #stray: StationProcess | undefined

  constructor(parts: StationParts) {
    const { world, no, cloud, positions } = parts
    this.#parts = parts
    this.no = no
    this.name = `s${no}`
    this.wire = new Wire(world, { cloud, name: this.name })
    this.#door = new CloudDoor(cloud)
    this.#ids = world.ids(this.name)
    this.#prng = world.prng(this.name)
    this.nozzles = new Map(
      settingsOf(no, positions).positions.map(({ no: position }) => {
        const nozzle = new SimNozzle(world, `${this.name} p${position}`)
        watchValve(world, this, { position, nozzle })
        return [position, nozzle]
      }),
    )
  }

  /** Rows of the ledger as they are durable now, whether a process runs or not. */
  look<T>(read: (db: Sqlite) => T): T {
    if (this.process !== undefined) return read(this.process.db)
    const db = new Database(this.#disk ?? ':memory:')
    try {
      return read(db)
    } finally {
      db.close()
    }
  }

  start(): void {
    if (this.process !== undefined) return
    const { world } = this.#parts
    const started = this.#begin(this.#disk ?? freshDisk())
    this.process = started
    if (this.#diskFull) capDisk(started.db)
    watchRows(world, this.name, started)
    started.forecourt.onChange(() => this.onStir())
    world.trace(this.name, `process ${this.#starts} begins`)
    this.onStir()
  }

  /** The process is gone and its disk stays as it was at the last commit; it is started again. */
  crash(why: string, downMs = between(this.#prng, 5_000, 90_000)): void {
    const process = this.process
    if (process === undefined) return
    this.#parts.world.trace(this.name, `dies: ${why}`)
    this.#disk = this.#end(process)
    this.process = undefined
    this.#parts.world.timeline.after(`${this.name} restart`, downMs, () => this.start())
  }

  backUp(): void {
    this.#backup = this.process?.db.serialize()
  }

  /** The disk died; yesterday's backup goes on under a new epoch. */
  restoreBackup(): boolean {
    if (this.#backup === undefined || this.process === undefined) return false
    this.crash('its disk failed, a backup is put in', 600_000)
    const db = new Database(this.#backup)
    openRestoredEpoch(db, { station: this.no, from: 'backup', epoch: this.#ids.hex(16) })
    this.#disk = db.serialize()
    this.ledgerNo += 1
    db.close()
    return true
  }

  /**
   * The disk is copied into a new box, which takes the dispensers over. The old box was forgotten
   * under power: it still holds the station's key and still talks.
   */
  replaceNode(): void {
    const old = this.process
    if (old === undefined || this.#stray !== undefined) return
    const { world } = this.#parts
    world.trace(this.name, 'a copy of its disk goes on in another box')
    this.#disk = old.db.serialize()
    this.#stray = old
    this.#box.plugged = false
    // Its cable is found and put back when the new box is long at work. One that the cloud never
    // heard of would be the newest speaker then, whom a person has to put away: its cable stays out.
    const [replacedAt, oldStart] = [world.timeline.now(), this.#starts]
    this.#box.connected = () =>
      this.#heard.has(oldStart) &&
      this.#newestHeard > oldStart &&
      world.timeline.now() - replacedAt > 300_000
    this.#plugIn({ old, box: this.#box, looks: plugLooks })
    this.process = undefined
    this.start()
  }

  /** The stray's network tells it when the cable is in: its session may still be good. */
  #plugIn({ old, box, looks }: Stray): void {
    if (looks === 0 || !old.alive()) return
    this.#parts.world.timeline.after(`${this.name} cable`, 60_000, () => {
      if (box.connected()) old.sync()?.tell('link_up')
      else this.#plugIn({ old, box, looks: looks - 1 })
    })
  }

  removeStray(): void {
    const stray = this.#stray
    if (stray === undefined) return
    this.#end(stray)
    this.#stray = undefined
  }

  /** The world is over: nothing runs any more, and the rows are let go. */
  async end(): Promise<void> {
    const { process } = this
    process?.kill()
    await process?.ledger.close()
  }

  fillDisk(): void {
    this.#diskFull = true
    if (this.process !== undefined) capDisk(this.process.db)
  }

  clearDisk(): void {
    this.#diskFull = false
    if (this.process !== undefined) this.process.db.pragma('max_page_count = 1073741823')
  }

  diskFree(): boolean {
    return !this.#diskFull
  }

  #begin(place: LedgerPlace): StationProcess {
    const { world, cloud, keys, plant, no, positions } = this.#parts
    const { nozzles } = this
    const box: Box = { plugged: true, connected: () => true }
    this.#box = box
    const start = (this.#starts += 1)
    const process: StationProcess = startProcess({
      ...{ world, no, keys, plant, place, nozzles, positions },
      ...{ name: this.name, ids: this.#ids, wire: this.wire, door: this.#door, feed: cloud.feed },
      wallOffsetMs: () => this.wallOffsetMs,
      plugged: () => box.plugged,
      connected: () => box.connected(),
      diskFree: () => this.diskFree(),
      onDeath: (why) => {
        if (this.process === process) this.crash(why)
        else process.kill()
      },
      onAccepted: () => this.#accepted(start),
      onSession: () => {
        this.#heard.add(start)
        this.#newestHeard = Math.max(this.#newestHeard, start)
      },
    })
    return process
  }

  /** Once a newer process was heard, the cloud takes nothing more from an older one (sync.md 3). */
  #accepted(start: number): void {
    if (start >= this.#newestHeard) return
    const detail = `${this.name}: process ${start} was taken after process ${this.#newestHeard}`
    this.#parts.world.violation('an older process is fenced', detail)
  }

  /** The last image of a process's disk. Its connection is closed when nothing runs in it. */
  #end(process: StationProcess): Buffer {
    process.kill()
    const image = process.db.serialize()
    this.#parts.world.timeline.after(`${this.name} closed`, 1, () => void process.ledger.close())
    return image
  }
}

function capDisk(db: Sqlite): void {
  const pages = db.pragma('page_count', { simple: true }) as number
  db.pragma(`max_page_count = ${pages}`)
}
