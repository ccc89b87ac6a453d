import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { present } from '@baari/shared/faults/assert'
import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import { temporaryFolder } from '../../dev/temporary-folder.ts'
import { percentile, spreadOf, type Spread } from '../figures/spread.ts'
import { startFleetCloud, type FleetCloud } from './fleet-cloud.ts'
import { machineMs, watchedPrefix, type FleetWork } from './fleet-messages.ts'
import { startFleet, type Fleet } from './fleet.ts'

export type FleetSizes = {
  readonly serveMs: number
  /** How often each station serves a vehicle: six batches of about two ops. */
  readonly vehicleMs: number
  /** Bookings sold while the fleet serves, one every `sellEveryMs`. */
  readonly sellEveryMs: number
  readonly drainRounds: number
  readonly bookingsPerDrain: number
}

export type FleetFigures = {
  readonly stations: number
  readonly connectMs: number
  readonly visible: { readonly p50Ms: number; readonly p99Ms: number }
  /** Of a batch while the fleet serves. */
  readonly ackP99Ms: number
  /** Accepted while everybody came back at once. */
  readonly opsPerS: Spread
  readonly restBytesPerStation: number
  readonly rssBytes: number
  readonly refused: number
  readonly failed: number
}

export type Measuring = FleetSizes & { readonly stations: number; readonly seed: number }

/** One fleet against a cloud process of its own, so that memory starts where a new one's does. */
export async function measureFleet(input: Measuring): Promise<FleetFigures> {
  const folder = temporaryFolder('bench-fleet')
  try {
    const cloud = await startFleetCloud(folder)
    try {
      const { stations: count, seed } = input
      const fleet = await startFleet({ count, cloud: cloud.url, seed })
      try {
        return await measure({ cloud, fleet }, input)
      } finally {
        await fleet.stop()
      }
    } finally {
      await cloud.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Parts = { readonly cloud: FleetCloud; readonly fleet: Fleet }

/** A hold ends and begins again within it, so that what a poll leaves behind is there as well. */
const restMs = 3_000
/** Stations that warm the cloud's code before its memory is read. */
const pioneers = 20

async function measure(parts: Parts, input: Measuring): Promise<FleetFigures> {
  const { cloud, fleet } = parts
  const { stations, serveMs, vehicleMs, drainRounds, bookingsPerDrain } = input
  const served = Math.ceil(serveMs / vehicleMs) + 1
  await cloud.addStations(fleet.publicKeys, served + (drainRounds + 1) * bookingsPerDrain)
  await fleet.connect(pioneers)
  await cloud.addHistory()
  const before = await cloud.memory()
  const connectMs = await fleet.connect(stations - pioneers)
  await sleep(restMs)
  const atRest = await cloud.memory()
  const [serving, visibleMs] = await Promise.all([
    fleet.serve({ forMs: serveMs, vehicleMs }),
    sellBookings(parts, input),
  ])
  const drained = await drainAll(fleet, input)
  const work = [serving, ...drained]
  return {
    stations,
    connectMs,
    visible: {
      p50Ms: present(percentile(visibleMs, 0.5), 'samples'),
      p99Ms: present(percentile(visibleMs, 0.99), 'samples'),
    },
    ackP99Ms: present(percentile(serving.ackMs, 0.99), 'batches'),
    opsPerS: spreadOf(drained.slice(1).map(({ ops, tookMs }) => (ops * 1_000) / tookMs)),
    restBytesPerStation: (atRest - before) / (stations - pioneers),
    rssBytes: await cloud.memory(),
    refused: work.reduce((sum, one) => sum + one.refused, 0),
    failed: work.reduce((sum, one) => sum + one.failed, 0),
  }
}

/** From each commit to the moment the station's long poll had the row, ms. */
async function sellBookings(
  { cloud, fleet }: Parts,
  { stations, serveMs, sellEveryMs, seed }: Measuring,
): Promise<readonly number[]> {
  const prng = seededPrng(seed)
  const begun = performance.now()
  const waits: Promise<number>[] = []
  for (let n = 0; performance.now() - begun < serveMs; n += 1) {
    waits.push(sellOne({ cloud, fleet }, { station: wholeBetween(prng, 1, stations), n }))
    await sleep(sellEveryMs * (0.5 + prng.next()))
  }
  return Promise.all(waits)
}

type Sale = { readonly station: number; readonly n: number }

async function sellOne({ cloud, fleet }: Parts, { station, n }: Sale): Promise<number> {
  const booking = `${watchedPrefix}${n.toString(16).padStart(12, '0')}`
  const committing = cloud.sell(booking, station).then(machineMs)
  const [committed, seen] = await Promise.all([committing, fleet.seen(booking)])
  if (seen === undefined) throw new Error(`${booking} did not come down`)
  return Math.max(0, seen - committed)
}

/** The first round warms code and caches, and is not counted. */
async function drainAll(
  fleet: Fleet,
  { drainRounds, bookingsPerDrain }: Measuring,
): Promise<readonly FleetWork[]> {
  const rounds: FleetWork[] = []
  for (let round = 0; round <= drainRounds; round += 1) {
    rounds.push(await fleet.drain(bookingsPerDrain))
  }
  return rounds
}
