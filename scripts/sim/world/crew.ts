import type { PositionFacts } from '@baari/edge/domain/position/position-facts'
import type { By } from '@baari/edge/ports/station-desk'
import { isoDate } from '@baari/shared/units/ist-calendar'
import { fillId, type PositionNo, type TicketId } from '@baari/shared/units/names'
import { paise } from '@baari/shared/units/money'
import { between, happens } from './chance.ts'
import { goodRetest } from './drivers.ts'
import { asha, entryLanes, exitLane } from './station-plan.ts'
import type { StationProcess } from './station-process.ts'
import type { Station } from './station.ts'
import type { Vehicle } from './vehicles.ts'
import type { WorldParts } from './world-parts.ts'

type Seen = Awaited<ReturnType<StationProcess['entry']['scan']>>

const patience = 25
/** A called vehicle that nobody knows is skipped after this. */
const strangerMs = 180_000

/**
 * The people of one station: drivers at the lane and attendants on the forecourt. They see only
 * what the screens show, wait when nothing answers, and try again as people do.
 */
export class Crew {
  readonly #world: WorldParts
  readonly #station: Station
  readonly #prng
  readonly #ids
  readonly #byTicket = new Map<TicketId, Vehicle>()
  readonly #unpaid = new Set<TicketId>()
  readonly #calledSince = new Map<TicketId, number>()
  /** Numbers on the board, also of vehicles that no driver of ours sits in. */
  #shown = 0
  #stirring = false
  #beating = false
  #seen = ''

  constructor(world: WorldParts, station: Station) {
    this.#world = world
    this.#station = station
    this.#prng = world.prng(`crew ${station.name}`)
    this.#ids = world.ids(`crew ${station.name}`)
    station.onStir = () => this.#stir(500)
    for (const [position, nozzle] of station.nozzles) {
      nozzle.onRest = () => this.#rested(position)
    }
    this.#watch()
  }

  /** Numbers also come back with what a restored node fetches, and nothing on the forecourt moves. */
  #watch(): void {
    this.#later('watch', 1_800_000, () => {
      void this.#look()
      this.#watch()
    })
  }

  arrive(vehicle: Vehicle): void {
    vehicle.at = 'lane'
    if (vehicle.booking?.proof === undefined) void this.#walkIn(vehicle)
    else void this.#scan(vehicle)
  }

  /** Looks soon; many reasons in a moment are one look. */
  #stir(inMs: number): void {
    if (this.#stirring) return
    const facts = this.#station.process?.forecourt.facts() ?? []
    const seen = facts.map(({ state, ticket }) => `${state} ${ticket}`).join()
    if (seen === this.#seen) return
    this.#seen = seen
    this.#stirring = true
    this.#later('look', inMs, () => {
      this.#stirring = false
      void this.#look()
    })
  }

  /** A minute's beat while a number is open, for what changes without anybody telling. */
  #beat(): void {
    if (this.#beating || (this.#byTicket.size === 0 && this.#shown === 0)) return
    this.#beating = true
    this.#later('round', 60_000, () => {
      this.#beating = false
      void this.#look()
      this.#beat()
    })
  }

  async #look(): Promise<void> {
    const process = this.#station.process
    if (process === undefined) return
    this.#forget(process)
    const calls = await this.#ask((node) =>
      node.ledger.run('queue.dispatch', { positions: node.forecourt.facts() }),
    )
    if (calls !== undefined && process.alive()) process.forecourt.carryOut(calls.calls)
    for (const facts of process.forecourt.facts()) this.#serve(facts)
    // A copy: who cannot be asked now is put back, and would be asked again without end.
    for (const ticket of [...this.#unpaid]) await this.#collect(ticket)
  }

  /** Vehicles that left are no reason to look again; one whose number is off the board leaves. */
  #forget({ looks }: StationProcess): void {
    const shown = new Set(looks.shownTickets())
    this.#shown = shown.size
    this.#beat()
    for (const [ticket, vehicle] of this.#byTicket) {
      const waits = vehicle.at === 'queue' || vehicle.at === 'position'
      if (waits && !shown.has(ticket)) vehicle.at = 'gone'
      if (vehicle.at !== 'gone' || this.#unpaid.has(ticket)) continue
      this.#byTicket.delete(ticket)
      this.#calledSince.delete(ticket)
    }
  }

  #serve(facts: PositionFacts): void {
    const { state, ticket, no } = facts
    if (ticket === null) return
    const vehicle = this.#byTicket.get(ticket)
    if (state === 'called') this.#called(facts, vehicle)
    if (vehicle === undefined || vehicle.busy) return
    if (state === 'authorised' && vehicle.at === 'position') {
      this.#soon(vehicle, [3_000, 12_000], () => this.#lift(vehicle, no))
    }
  }

  #called({ no, ticket }: PositionFacts, vehicle: Vehicle | undefined): void {
    if (ticket === null || vehicle?.busy === true) return
    const since = this.#calledSince.get(ticket) ?? this.#world.timeline.now()
    this.#calledSince.set(ticket, since)
    const waited = this.#world.timeline.now() - since
    if (vehicle === undefined || vehicle.at === 'gone' || vehicle.plan.ignoresCall) {
      const longest = vehicle === undefined ? strangerMs : strangerMs / 2
      if (waited > longest) this.#skip(ticket)
    } else if (vehicle.at === 'queue') {
      this.#soon(vehicle, [10_000, 40_000], () => this.#drive(vehicle, no))
    } else if (vehicle.at === 'position') {
      this.#soon(vehicle, [4_000, 15_000], () => this.#ready(vehicle, no))
    }
  }

  #skip(ticket: TicketId): void {
    this.#calledSince.delete(ticket)
    void this.#ask((node) => node.entry.skip(ticket, this.#by('skip')))
  }

  #drive(vehicle: Vehicle, no: PositionNo): void {
    const { ticket } = vehicle
    if (ticket !== undefined && happens(this.#prng, 0.02)) {
      void this.#ask((node) => node.entry.undoCall(ticket, this.#by('undo')))
      return
    }
    vehicle.at = 'position'
    vehicle.position = no
    this.#ready(vehicle, no)
  }

  #ready(vehicle: Vehicle, no: PositionNo): void {
    vehicle.tries += 1
    if (vehicle.tries > patience) return this.#leave(vehicle)
    void this.#ask((node) => node.places.ready({ position: no }, this.#by('ready')))
  }

  #lift(vehicle: Vehicle, no: PositionNo): void {
    const nozzle = this.#station.nozzles.get(no)
    if (nozzle === undefined || nozzle.state() !== 'authorised') return
    vehicle.at = 'hose'
    const before = nozzle.totaliserGrams()
    nozzle.lift(vehicle.room)
    if (happens(this.#prng, 0.02)) {
      this.#later('stops', between(this.#prng, 2_000, 20_000), () => {
        void this.#ask((node) => node.places.stop(no, asha))
      })
    }
    this.#hangUpSoon(vehicle, { no, before })
  }

  /** Rechecked until the hose is at rest, then the nozzle is hung up. */
  #hangUpSoon(vehicle: Vehicle, at: { readonly no: PositionNo; readonly before: number }): void {
    const nozzle = this.#station.nozzles.get(at.no)
    if (nozzle === undefined) return
    this.#later('hose', between(this.#prng, 8_000, 14_000), () => {
      const flowed = nozzle.totaliserGrams() - at.before
      const flows = nozzle.state() === 'running' && flowed < vehicle.room
      if (flows) return this.#hangUpSoon(vehicle, at)
      nozzle.hangUp()
      this.#hungUp(vehicle, flowed)
    })
  }

  #hungUp(vehicle: Vehicle, flowed: number): void {
    const { ticket } = vehicle
    vehicle.room -= flowed
    this.#stir(1_000)
    if (flowed === 0) {
      vehicle.at = 'position'
      return
    }
    if (ticket !== undefined) this.#unpaid.add(ticket)
    vehicle.at = 'gone'
    if (vehicle.plan.scansOut && vehicle.booking?.proof !== undefined) {
      const { token } = vehicle.booking.proof
      this.#later('drives off', 60_000, () => {
        void this.#ask((node) =>
          node.entry.scan({ source: 'camera', lane: exitLane, text: token }, this.#by('exit')),
        )
      })
    }
  }

  /** A hose at rest that nobody of ours holds is hung up: a manual sale, or an orphan. */
  #rested(position: PositionNo): void {
    const held = [...this.#byTicket.values()].some(
      ({ at, position: where }) => at === 'hose' && where === position,
    )
    if (held) return
    this.#later('hangs up', 5_000, () => {
      const nozzle = this.#station.nozzles.get(position)
      nozzle?.hangUp()
      nozzle?.setManual(false)
    })
  }

  #leave(vehicle: Vehicle): void {
    vehicle.at = 'gone'
    const { ticket } = vehicle
    this.#world.trace(`v${vehicle.plan.id}`, 'gives up')
    if (ticket !== undefined) void this.#ask((node) => node.entry.leave(ticket, this.#by('leave')))
  }

  async #scan(vehicle: Vehicle): Promise<void> {
    const { proof } = vehicle.booking ?? {}
    if (proof === undefined || vehicle.at !== 'lane') return
    const text = vehicle.plan.usesCode ? proof.code : proof.token
    const source = vehicle.plan.usesCode ? 'keypad' : 'camera'
    const [first, second] = happens(this.#prng, 0.5) ? entryLanes : [entryLanes[1], entryLanes[0]]
    const atLane = (lane: typeof first) =>
      this.#ask((node) => node.entry.scan({ source, lane, text }, this.#by('scan')))
    if (vehicle.plan.scansTwice) {
      this.#later('scans again', between(this.#prng, 0, 5), () => void atLane(second))
    }
    vehicle.tries += 1
    const seen = await atLane(first)
    return this.#seenAtLane(vehicle, seen)
  }

  async #seenAtLane(vehicle: Vehicle, seen: Seen | undefined): Promise<void> {
    if (seen === undefined || !seen.ok || seen.value.verdict === 'ERROR') {
      return this.#scanAgain(vehicle, 90_000)
    }
    const { verdict, ticket, id } = seen.value
    this.#world.trace(`v${vehicle.plan.id}`, `scans at ${this.#station.name}: ${verdict}`)
    if (ticket !== null) return this.#queued(vehicle, { ticket: ticket.id, scan: id })
    if (verdict === 'TOO_EARLY') return this.#scanAgain(vehicle, 480_000)
    await this.#walkIn(vehicle)
  }

  #scanAgain(vehicle: Vehicle, inMs: number): void {
    if (vehicle.tries > patience) this.#leave(vehicle)
    else this.#later('scans', inMs, () => void this.#scan(vehicle))
  }

  #queued(vehicle: Vehicle, at: { readonly ticket: TicketId; readonly scan: string | null }): void {
    const { ticket, scan } = at
    vehicle.ticket = ticket
    vehicle.at = 'queue'
    vehicle.tries = 0
    this.#byTicket.set(ticket, vehicle)
    this.#beat()
    this.#stir(1_000)
    if (scan === null || !happens(this.#prng, 0.03)) return
    this.#later('undoes', between(this.#prng, 1_000, 70_000), () => {
      void this.#undo(vehicle, scan)
    })
  }

  async #undo(vehicle: Vehicle, scan: string): Promise<void> {
    const undone = await this.#ask((node) => node.entry.undoScan(scan, this.#by('undo')))
    if (undone?.ok === true && vehicle.at === 'queue') vehicle.at = 'gone'
  }

  async #walkIn(vehicle: Vehicle): Promise<void> {
    const by = this.#by('walk-in')
    const { plate, vehicleClass } = vehicle.plan
    const retestValidUntil = isoDate(goodRetest)
    vehicle.tries += 1
    const opened = await this.#ask((node) =>
      node.entry.openWalkIn({ vehicleClass, plate, retestValidUntil }, by),
    )
    if (opened?.ok === true) {
      this.#world.trace(`v${vehicle.plan.id}`, `is walk-in ${opened.value.number}`)
      return this.#queued(vehicle, { ticket: opened.value.ticket.id, scan: null })
    }
    if (vehicle.tries > patience) return this.#leave(vehicle)
    this.#later('asks again', 120_000, () => void this.#walkIn(vehicle))
  }

  /** Paid at the pump once the sale is settled. */
  async #collect(ticket: TicketId): Promise<void> {
    const process = this.#station.process
    if (process === undefined) return
    for (const { id, amount_paise: amount, state } of process.looks.salesOf(ticket)) {
      this.#unpaid.delete(ticket)
      if (state !== 'settled' || amount === 0) continue
      const ask = { fill: fillId(id), method: 'cash' as const, amountPaise: paise(amount) }
      const paid = await this.#ask((node) => node.books.collect(ask, this.#by('collect')))
      if (paid === undefined) this.#unpaid.add(ticket)
    }
  }

  #by(scope: string): By {
    const request = { scope, key: this.#ids.uuid(), requestSha256: 'sim' }
    return { attendant: asha, role: 'attendant', request }
  }

  /** Undefined when no process runs, when it dies before it answers, or when its disk is full. */
  #ask<T>(act: (node: StationProcess) => Promise<T>): Promise<T | undefined> {
    const process = this.#station.process
    if (process === undefined) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const cancel = this.#later('no answer', 20_000, () => resolve(undefined))
      const settle = (answer: T | undefined): void => {
        cancel()
        resolve(answer)
      }
      act(process).then(settle, () => settle(undefined))
    })
  }

  #soon(vehicle: Vehicle, [low, high]: readonly [number, number], act: () => void): void {
    vehicle.busy = true
    this.#later('acts', between(this.#prng, low, high), () => {
      vehicle.busy = false
      act()
    })
  }

  #later(what: string, inMs: number, act: () => void): () => void {
    return this.#world.timeline.after(`${this.#station.name} ${what}`, inMs, act)
  }
}
