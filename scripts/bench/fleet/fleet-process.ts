import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemIds } from '@baari/edge/adapters/system/system-ids'
import { assert } from '@baari/shared/faults/assert'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { bookingMoments, type Making, type Moment } from '../uplink/booking-ops.ts'
import {
  machineMs,
  vehicleBooking,
  watchedPrefix,
  type FleetAsk,
  type FleetReply,
  type FleetWork,
} from './fleet-messages.ts'
import { simulatedStation, type SimulatedStation } from './simulated-station.ts'
import { stationOutbox, type StationOutbox } from './station-outbox.ts'

/** Plays the stations of the fleet, all of them in this one process. */

type Player = {
  readonly no: number
  readonly station: SimulatedStation
  readonly outbox: StationOutbox
  /** Vehicles served so far. */
  vehicles: number
}

/** So many sign in at once: stations come back spread over time, not all in one moment. */
const connectAtOnce = 100
const positions = [1_204_331_000, 987_110_000, 2_400_776_000, 31_882_000]

let players: readonly Player[] = []
let prng = seededPrng(1)
let connected = 0
let refused = 0
let failed = 0
const ids = systemIds()
const agent = new Agent({ keepAlive: true })
const complained = new Set<string>()

function say(reply: FleetReply): void {
  process.send?.(reply)
}

const reports = {
  onBookings(bookings: readonly string[]): void {
    const atMs = machineMs()
    for (const booking of bookings) {
      if (booking.startsWith(watchedPrefix)) say({ kind: 'seen', booking, atMs })
    }
  },
  onRefused: (): void => void (refused += 1),
  onFailed(reason: string): void {
    failed += 1
    if (complained.size < 5 && !complained.has(reason)) console.error(reason)
    complained.add(reason)
  },
}

function make({ count, cloud, seed }: Extract<FleetAsk, { kind: 'make' }>): void {
  prng = seededPrng(seed)
  players = Array.from({ length: count }, (_, index) => {
    const station = simulatedStation({ no: index + 1, cloud, agent, reports })
    const outbox = stationOutbox(index + 1, station.epoch)
    return { no: index + 1, station, outbox, vehicles: 0 }
  })
  say({ kind: 'made', publicKeys: players.map(({ station }) => station.publicKey) })
}

async function connect(count: number): Promise<void> {
  const begun = performance.now()
  const waiting = players.slice(connected, connected + count).values()
  connected += count
  const worker = async (): Promise<void> => {
    for (const { station } of waiting) await station.connect()
  }
  await Promise.all(Array.from({ length: connectAtOnce }, worker))
  say({ kind: 'connected', tookMs: performance.now() - begun })
}

function nextVehicle(player: Player): readonly Moment[] {
  const booking = vehicleBooking(player.no, player.vehicles)
  player.vehicles += 1
  const making: Making = { ids, prng, totalisers: [...positions] }
  return bookingMoments(making, { booking, arrivesMs: Date.now() })
}

type Tally = { ops: number; ackMs: number[] }

async function serve({ forMs, vehicleMs }: Extract<FleetAsk, { kind: 'serve' }>): Promise<void> {
  const tally: Tally = { ops: 0, ackMs: [] }
  const begun = performance.now()
  await Promise.all(players.map((player) => serveAt(player, { forMs, vehicleMs, tally })))
  say({ kind: 'served', work: workOf(tally, performance.now() - begun) })
}

type Serving = { readonly forMs: number; readonly vehicleMs: number; readonly tally: Tally }

/** The moments of a vehicle spread over its time; a late answer delays none of those after it. */
async function serveAt(player: Player, { forMs, vehicleMs, tally }: Serving): Promise<void> {
  const { station, outbox } = player
  const begun = performance.now()
  let due = begun
  let step: number | undefined
  while (performance.now() - begun < forMs) {
    const moments = nextVehicle(player)
    step ??= vehicleMs / moments.length
    if (due === begun) due += prng.next() * step
    for (const moment of moments) {
      const wait = due - performance.now()
      if (due - begun >= forMs) return
      if (wait > 0) await sleep(wait)
      const run = outbox.run([moment])
      tally.ackMs.push(await station.send(run))
      tally.ops += run.last - run.first + 1
      due += step
    }
  }
}

/** The batches are made ready first: what is measured is the cloud. */
async function drain(bookings: number): Promise<void> {
  const tally: Tally = { ops: 0, ackMs: [] }
  const batches = players.map((player) => {
    const moments = Array.from({ length: bookings }, () => nextVehicle(player)).flat()
    return { player, run: player.outbox.run(moments.toSorted((a, b) => a.atMs - b.atMs)) }
  })
  const begun = performance.now()
  await Promise.all(
    batches.map(async ({ player, run }) => {
      tally.ackMs.push(await player.station.send(run))
      tally.ops += run.last - run.first + 1
    }),
  )
  say({ kind: 'drained', work: workOf(tally, performance.now() - begun) })
}

function workOf({ ops, ackMs }: Tally, tookMs: number): FleetWork {
  const work = { ops, tookMs, ackMs, refused, failed }
  refused = 0
  failed = 0
  return work
}

async function take(ask: FleetAsk): Promise<void> {
  switch (ask.kind) {
    case 'make':
      assert(players.length === 0, 'a process plays one fleet')
      return make(ask)
    case 'connect':
      return connect(ask.count)
    case 'serve':
      return serve(ask)
    case 'drain':
      return drain(ask.bookings)
    case 'stop':
      process.exit(0)
  }
}

process.on('message', (ask: FleetAsk) => {
  take(ask).catch((error: unknown) => say({ kind: 'failed', reason: String(error) }))
})
process.on('disconnect', () => process.exit(0))
say({ kind: 'ready' })
