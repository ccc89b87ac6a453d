import { describe, expect, it } from 'vitest'
import {
  most,
  noCapacity,
  plus,
  type Capacity,
  type CellCapacity,
} from '../../../src/domain/lease/capacity.ts'
import type { LeaseContext } from '../../../src/domain/lease/station-lease.ts'
import { renewEvery, type LeaseRequest } from '../../../src/domain/lease/term.ts'
import { seededPrng, wholeBetween } from '../../../src/testing/seeded-prng.ts'
import { grams } from '../../../src/units/mass.ts'
import { after, hours, instant, millis, minutes, type Instant } from '../../../src/units/time.ts'
import { milliMinutes } from '../../../src/units/work.ts'
import { CloudSide, contextAt, StationSide, type Told } from './lease-world.ts'

const dawn = instant(1_760_000_400_000)
const seeds = Number(process.env['BAARI_LEASE_SEEDS'] ?? 300)
const steps = 30
/** Cells ahead that the windows of the test take from. */
const soldFrom = 110

type Message =
  | { readonly to: 'cloud'; readonly request: LeaseRequest }
  | { readonly to: 'station'; readonly request: LeaseRequest; readonly told: Told }

/**
 * One station and its cloud under random cuts, lost, late and doubled messages, restarts, restored
 * and lost ledgers, changed positions and clocks that differ. What truly was sold is counted beside
 * both, also where one of them has forgotten it.
 */
class World {
  readonly cloud = new CloudSide()
  station = new StationSide()
  now: Instant = dawn
  readonly sold = new Map<Instant, Capacity>()
  readonly everBookable = new Map<Instant, Capacity>()
  readonly oversold: string[] = []
  sales = { cloud: 0, station: 0 }
  private readonly prng
  private readonly skewMs: number
  private readonly forgets: boolean
  /** Longest step: some worlds live an hour, some most of a day. */
  private readonly paceMs: number
  /** How often the kiosk borrows, out of a hundred other things. */
  private readonly borrows: number
  private link = true
  private messages: Message[] = []
  private positions = 4
  private terms = 0
  private roundAt: Instant = dawn
  private noted = this.station.book.cells
  private backup = this.station.book
  private readonly cloudBookings: (readonly CellCapacity[])[] = []

  constructor(seed: number) {
    this.prng = seededPrng(seed)
    this.skewMs = wholeBetween(this.prng, -120_000, 120_000)
    this.forgets = seed % 3 === 0
    this.paceMs = [120_000, 240_000, 600_000][seed % 4] ?? 240_000
    this.borrows = this.forgets ? 30 : 7
  }

  step(): void {
    this.now = after(this.now, millis(wholeBetween(this.prng, 0, this.paceMs)))
    const draw = wholeBetween(this.prng, 0, 99 + this.borrows)
    if (draw < 30) this.sellAtCloud()
    else if (draw < 55) this.sellAtStation()
    else if (draw < 58) this.cancelAtCloud()
    else if (draw < 64) this.link = !this.link
    else if (draw < 67) this.positions = wholeBetween(this.prng, 0, 4)
    else if (draw < 69) this.backup = this.station.book
    else if (draw < 73 && this.forgets) this.forget()
    else if (draw >= 100) this.borrow()
    this.runRound()
    this.send()
    this.deliver()
  }

  /** Faults stop: every message arrives and rounds go on until nothing waits. */
  heal(): void {
    this.link = true
    this.messages = []
    this.positions = 4
    for (let turn = 0; turn < 2; turn += 1) {
      this.now = after(this.now, renewEvery)
      this.decideDue(true)
      for (let asks = 0; asks < 6 && !this.isIdle(); asks += 1) {
        const { pending } = this.station
        if (pending === undefined) this.decideDue(false)
        else this.station.hear(pending, this.cloud.receive(pending, this.now), this.context())
      }
    }
  }

  private isIdle(): boolean {
    const { lease } = this.station.book
    return lease.kind === 'held' && lease.next === 'grant'
  }

  context(): LeaseContext {
    this.terms += 1
    const stationNow = instant(this.now + this.skewMs)
    return contextAt(stationNow, this.positions, `term-${this.terms}`)
  }

  private get stationNow(): Instant {
    return instant(this.now + this.skewMs)
  }

  /** Windows of the next hours, a few of them often, so that both want the same minutes. */
  private window(): Instant {
    const ahead = wholeBetween(this.prng, 0, 4) * 10 * (this.prng.next() < 0.2 ? 12 : 1)
    return instant(Math.ceil(this.now / 600_000) * 600_000 + ahead * 60_000)
  }

  private need() {
    const cars = wholeBetween(this.prng, 1, 8)
    return { work: milliMinutes(4_050 * cars), gas: grams(8_000 * cars) }
  }

  private sellAtCloud(): void {
    const taken = this.cloud.sell(this.window(), this.need(), this.now)
    if (taken === undefined) return
    this.cloudBookings.push(taken)
    this.sales.cloud += 1
    this.count(taken, 'cloud')
  }

  private sellAtStation(): void {
    const taken = this.station.sell(this.window(), this.need(), this.stationNow)
    if (taken === undefined) return
    this.sales.station += 1
    this.count(taken, 'station')
    for (const cell of taken) this.checkStation(cell)
  }

  private cancelAtCloud(): void {
    const at = wholeBetween(this.prng, 0, Math.max(0, this.cloudBookings.length - 1))
    for (const { start, work, gas } of this.cloudBookings.splice(at, 1)[0] ?? []) {
      const cell = this.cloud.cells.get(start)
      if (cell === undefined) continue
      const sold = { work: milliMinutes(cell.sold.work - work), gas: grams(cell.sold.gas - gas) }
      this.cloud.cells.set(start, { ...cell, sold })
      const truth = this.sold.get(start) ?? noCapacity
      this.sold.set(start, {
        work: milliMinutes(truth.work - work),
        gas: grams(truth.gas - gas),
      })
    }
  }

  private borrow(): void {
    const start = this.window()
    const cells = [0, 5, 10].map((min) => ({ start: after(start, minutes(min)), ...this.need() }))
    this.station.decide({ kind: 'wanted', cells }, this.context())
    this.noteBookable()
  }

  /** An older copy of the ledger comes back, or an empty disk. */
  private forget(): void {
    const fresh = this.prng.next() < 0.3
    this.station = new StationSide()
    if (!fresh) {
      this.station.book = this.backup
      this.station.decide({ kind: 'forgot' }, this.context())
    }
  }

  private runRound(): void {
    const starts = this.now - this.roundAt >= renewEvery
    if (starts) this.roundAt = this.now
    const { lease } = this.station.book
    if (starts || (lease.kind === 'held' && lease.next !== 'grant')) this.decideDue(starts)
  }

  private decideDue(starts: boolean): void {
    const asks =
      this.prng.next() < 0.3 ? [{ id: 'a', windowStart: this.window(), ...this.need() }] : []
    this.station.decide({ kind: 'due', starts, asks }, this.context())
    this.noteBookable()
  }

  private noteBookable(): void {
    if (this.station.book.cells === this.noted) return
    this.noted = this.station.book.cells
    for (const { start, bookable } of this.noted.slice(0, soldFrom)) {
      const before = this.everBookable.get(start)
      if (before === undefined || before.work < bookable.work) {
        this.everBookable.set(start, most(before ?? noCapacity, bookable))
      }
    }
  }

  private send(): void {
    const { pending } = this.station
    if (pending === undefined || this.prng.next() < 0.2) return
    this.messages.push({ to: 'cloud', request: pending })
    if (this.prng.next() < 0.15) this.messages.push({ to: 'cloud', request: pending })
  }

  /** Any message of those under way may come next; a cut or a bad moment loses it. */
  private deliver(): void {
    for (let count = wholeBetween(this.prng, 0, 4); count > 0 && this.messages.length > 0;) {
      count -= 1
      const at = wholeBetween(this.prng, 0, this.messages.length - 1)
      const [message] = this.messages.splice(at, 1)
      if (message === undefined || !this.link || this.prng.next() < 0.15) continue
      if (message.to === 'station') {
        this.station.hear(message.request, message.told, this.context())
        continue
      }
      const told = this.cloud.receive(message.request, this.now)
      this.messages.push({ to: 'station', request: message.request, told })
    }
    this.messages.splice(0, Math.max(0, this.messages.length - 12))
  }

  private count(taken: readonly CellCapacity[], by: string): void {
    for (const { start, ...amount } of taken) {
      const sold = plus(this.sold.get(start) ?? noCapacity, amount)
      this.sold.set(start, sold)
      const most = this.everBookable.get(start) ?? noCapacity
      if (sold.work > most.work || sold.gas > most.gas) {
        this.oversold.push(`${by} ${start - dawn}: ${sold.work} of ${most.work}`)
      }
    }
  }

  /** What the station sold it sold of minutes and gas that the cloud neither sold nor may sell. */
  private checkStation({ start, ...taken }: CellCapacity): void {
    const own = this.station.book.cells.find((cell) => cell.start === start)
    const theirs = this.cloud.cells.get(start)
    if (own === undefined) return
    const held = most(theirs?.granted ?? noCapacity, theirs?.sold ?? noCapacity)
    for (const part of ['work', 'gas'] as const) {
      if (taken[part] > 0 && own.sold[part] + held[part] > own.bookable[part]) {
        this.oversold.push(`${part} ${start - dawn}: ${own.sold[part]} beside ${held[part]}`)
      }
    }
  }
}

/** Cells of which the station reckons with less than the cloud has, once everybody has spoken. */
function misjudged({ station, cloud }: World): readonly number[] {
  return station.book.cells.flatMap((cell) => {
    const theirs = cloud.cells.get(cell.start)
    const held = most(theirs?.granted ?? noCapacity, theirs?.sold ?? noCapacity)
    return cell.cloud.work < held.work || cell.cloud.gas < held.gas ? [cell.start - dawn] : []
  })
}

/** Open cells an hour ahead and later of which neither side has some minutes. */
function lost({ station, cloud, now }: World): readonly number[] {
  return station.book.cells.flatMap(({ start, closed, cloud: reckoned }) => {
    if (closed || start <= after(now, hours(1))) return []
    const theirs = cloud.cells.get(start)
    const held = Math.max(theirs?.granted.work ?? 0, theirs?.sold.work ?? 0)
    return reckoned.work === held ? [] : [start - dawn]
  })
}

describe('capacity lease under partition', () => {
  it('cuts, lost answers, doubles and restarts: nothing is sold beyond its grant, and no minute is lost', () => {
    const sales = { cloud: 0, station: 0 }
    for (let seed = 1; seed <= seeds; seed += 1) {
      const world = new World(seed)
      for (let step = 0; step < steps; step += 1) world.step()
      world.heal()
      const { kind } = world.station.book.lease
      const found = [world.oversold, misjudged(world), lost(world), kind]
      expect(found, `seed ${seed}`).toEqual([[], [], [], 'held'])
      sales.cloud += world.sales.cloud
      sales.station += world.sales.station
    }
    // The worlds are no idle ones: both sides sold, the station also after its link was cut.
    expect(sales.cloud).toBeGreaterThan(seeds)
    expect(sales.station).toBeGreaterThan(seeds)
  })
})
