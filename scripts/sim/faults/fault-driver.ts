import { between, happens, oneOf } from '../world/chance.ts'
import type { SimCloud } from '../world/sim-cloud.ts'
import type { Station } from '../world/station.ts'
import type { WorldParts } from '../world/world-parts.ts'
import type { FaultKind } from './fault-plan.ts'

const dayMs = 86_400_000
const minuteMs = 60_000
const hourMs = 3_600_000

export type Victims = { readonly cloud: SimCloud; readonly stations: readonly Station[] }

/** What happens to a station by itself, at the rate of its kind. */
type StationFault = (driver: FaultDriver, station: Station) => void

const stationFaults: { readonly [K in FaultKind]?: StationFault } = {
  outage: (driver, station) => driver.cutLine(station, driver.longTime(minuteMs, 20 * hourMs)),
  flappingLine: (driver, station) => driver.flap(station, 40),
  stationCrash: (_driver, station) => station.crash('the power fails'),
  crashInCommand: (driver, { process }) => {
    const moment = oneOf(driver.prng, ['before', 'after'] as const)
    process?.ledger.crashIn(Math.floor(driver.prng.next() * 30), moment)
  },
  restoredBackup: (_driver, station) => void station.restoreBackup(),
  replacedNode: (_driver, station) => station.replaceNode(),
  clockStep: (driver, station) => driver.stepClock(station),
  fullDisk: (driver, station) => driver.fillDisk(station),
  dispenserLine: (driver, station) => driver.cutDispenser(station),
  manualSale: (driver, station) => driver.sellByHand(station),
  shapeForgotten: ({ cloud }) => cloud.feed.forget(),
}

const cloudFaults: { readonly [K in FaultKind]?: (driver: FaultDriver) => void } = {
  cloudCrash: ({ cloud, prng }) => cloud.crash(between(prng, 5_000, 600_000)),
  crashBeforeCommit: ({ cloud }) => cloud.crashBeforeNextCommit(),
  restoredCloud: (driver) => driver.restoreCloud(),
  capacityShrink: (driver) => driver.shrink(),
}

/** Lets the faults of the plan happen at random moments until it is told to stop. */
export class FaultDriver {
  readonly cloud: SimCloud
  readonly prng
  readonly #world: WorldParts
  readonly #stations: readonly Station[]
  #stopped = false

  constructor(world: WorldParts, { cloud, stations }: Victims) {
    this.#world = world
    this.cloud = cloud
    this.#stations = stations
    this.prng = world.prng('faults')
  }

  start(): void {
    const plan = this.#world.faults()
    for (const station of this.#stations) {
      for (const [kind, act] of Object.entries(stationFaults)) {
        this.#repeat(`${station.name} ${kind}`, plan[kind as FaultKind], () => act(this, station))
      }
      if (plan.restoredBackup > 0) this.#every(6 * hourMs, () => station.backUp())
    }
    for (const [kind, act] of Object.entries(cloudFaults)) {
      this.#repeat(`cloud ${kind}`, plan[kind as FaultKind], () => act(this))
    }
    if (plan.restoredCloud > 0) this.#every(6 * hourMs, () => this.cloud.backUp())
  }

  /** Nothing more happens; what was broken is repaired. */
  stop(): void {
    this.#stopped = true
    this.cloud.calm()
    for (const station of this.#stations) {
      station.wire.up = true
      station.wallOffsetMs = 0
      station.clearDisk()
      station.removeStray()
      station.process?.ledger.calm()
      for (const nozzle of station.nozzles.values()) nozzle.setLine(true)
    }
  }

  longTime(low: number, high: number): number {
    return low * (high / low) ** this.prng.next()
  }

  cutLine(station: Station, forMs: number): void {
    if (!station.wire.up) return
    station.wire.up = false
    this.#world.trace(station.name, `line is cut for ${Math.round(forMs / minuteMs)} min`)
    this.#world.timeline.after(`${station.name} line back`, forMs, () => {
      station.wire.up = true
      station.process?.sync()?.tell('link_up')
    })
  }

  flap(station: Station, times: number): void {
    if (times === 0 || this.#stopped) return
    station.wire.up = !station.wire.up
    this.#world.timeline.after(`${station.name} flap`, 5_000, () => this.flap(station, times - 1))
  }

  stepClock(station: Station): void {
    const by = oneOf(this.prng, [-dayMs, dayMs, -hourMs, hourMs, 90_000])
    station.wallOffsetMs = happens(this.prng, 0.3) ? 0 : by
    this.#world.trace(station.name, `wall clock is off by ${station.wallOffsetMs / 1_000} s`)
  }

  fillDisk(station: Station): void {
    this.#world.trace(station.name, 'disk is full')
    station.fillDisk()
    const forMs = between(this.prng, minuteMs, 40 * minuteMs)
    this.#world.timeline.after(`${station.name} disk freed`, forMs, () => station.clearDisk())
  }

  cutDispenser(station: Station): void {
    const heads = [...station.nozzles.values()]
    const head = heads[Math.floor(this.prng.next() * heads.length)]
    if (head === undefined) return
    head.setLine(false)
    const forMs = between(this.prng, 2_000, 15 * minuteMs)
    this.#world.timeline.after(`${station.name} head back`, forMs, () => head.setLine(true))
  }

  /** The head is switched to sell without the node, as after a failure. */
  sellByHand(station: Station): void {
    const free = station.process?.forecourt.facts().find(({ state }) => state === 'free')
    const nozzle = free === undefined ? undefined : station.nozzles.get(free.no)
    if (nozzle === undefined || nozzle.state() !== 'idle') return
    this.#world.trace(station.name, `sells by hand at position ${free?.no}`)
    nozzle.setManual(true)
    nozzle.lift(Math.round(between(this.prng, 300, 3_000)))
    this.#world.timeline.after(`${station.name} by hand`, 60_000, () => {
      nozzle.hangUp()
      nozzle.setManual(false)
    })
  }

  restoreCloud(): void {
    if (this.cloud.restoreBackup()) this.#world.trace('cloud', 'is restored from a backup')
  }

  /** Positions are taken out of service: the next grant is smaller than what was sold. */
  shrink(): void {
    const { station: rows } = this.cloud.stores.db.tables
    const all = [...rows.entries()]
    const [key, row] = all[Math.floor(this.prng.next() * all.length)] ?? []
    if (key === undefined || row === undefined || !this.cloud.up) return
    const workingPositions = Math.max(0, row.view.workingPositions + oneOf(this.prng, [-1, -1, 1]))
    void this.cloud.stores.db.transact(() => {
      const positions = Array.from({ length: workingPositions }, () => ['ngv1'] as const)
      rows.put(key, { ...row, view: { ...row.view, workingPositions, positions } })
      return Promise.resolve()
    })
  }

  /** At random moments, `perDay` of them on average. */
  #repeat(name: string, perDay: number, act: () => void): void {
    if (perDay <= 0) return
    const inMs = (-Math.log(1 - this.prng.next()) * dayMs) / perDay
    this.#world.timeline.after(`fault ${name}`, inMs, () => {
      if (this.#stopped) return
      act()
      this.#repeat(name, perDay, act)
    })
  }

  #every(everyMs: number, act: () => void): void {
    this.#world.timeline.after('backup', everyMs, () => {
      if (this.#stopped) return
      act()
      this.#every(everyMs, act)
    })
  }
}
