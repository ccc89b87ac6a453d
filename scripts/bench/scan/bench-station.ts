import { join } from 'node:path'
import { present } from '@baari/shared/faults/assert'
import { slotMs, slotStart } from '@baari/shared/units/ist-calendar'
import { instant } from '@baari/shared/units/time'
import { forecourtCaller, type ForecourtCaller } from '../../clients/forecourt-caller.ts'
import { knownRows } from '../../clients/known-rows.ts'
import { openLiveFeed, type LiveFeed } from '../../clients/live-feed.ts'
import { signInAtNode, type NodeCaller } from '../../clients/node-caller.ts'
import { seedBookings } from '../../clients/seed-bookings.ts'
import { tokenPress } from '../../clients/token-press.ts'
import { waitUntil } from '../../clients/wait-until.ts'
import { startFreshWorld, type FreshWorld } from '../../dev/world/fresh-world.ts'
import { openBusTap, type BusTap } from './bus-tap.ts'
import { openLaneReader, type LaneReader } from './lane-reader.ts'

/** A station whose cloud is gone, with the bench at its readers and on its line to the dispensers. */
export type BenchStation = {
  readonly edgePort: number
  readonly node: NodeCaller
  readonly feed: LiveFeed
  readonly forecourt: ForecourtCaller
  readonly readers: readonly [LaneReader, LaneReader]
  readonly tap: BusTap
  /** Distinct tokens of synced bookings inside their windows; each call gives further ones. */
  takeTokens(count: number): readonly string[]
  stop(): Promise<void>
}

export type BenchStationOptions = {
  readonly tokens: number
  readonly flowGramsPerSecond: number
  readonly say: (line: string) => void
}

const followPatienceMs = 120_000

export async function startBenchStation(options: BenchStationOptions): Promise<BenchStation> {
  const readers = [await openLaneReader(), await openLaneReader()] as const
  const tap = await openBusTap()
  const closeTaps = async (): Promise<void> => {
    await Promise.all([...readers.map((reader) => reader.close()), tap.close()])
  }
  let world: FreshWorld | undefined
  try {
    world = await startFreshWorld({
      ...options,
      name: 'bench-scan',
      autopilot: true,
      // As at a station: with the memory it may take, and without the loader of sources.
      builtEdge: true,
      station: (places) => {
        tap.leadTo(places.bus)
        return { tapped: { bus: tap.port, scanners: [readers[0].port, readers[1].port] } }
      },
    })
    const started = world
    const station = await open(started, options)
    return {
      ...station,
      readers,
      tap,
      async stop() {
        station.feed.close()
        await started.stop()
        await closeTaps()
      },
    }
  } catch (reason) {
    await world?.stop()
    await closeTaps()
    throw reason
  }
}

type Opened = Omit<BenchStation, 'readers' | 'tap' | 'stop'>

async function open(world: FreshWorld, { tokens, say }: BenchStationOptions): Promise<Opened> {
  const { folder, places, secrets } = world
  const waiting = await followedTokens(world, tokens)
  say(`${tokens} bookings followed by the node`)
  const edgeUrl = `http://127.0.0.1:${places.edge}`
  const node = await signInAtNode(edgeUrl, present(secrets.attendants[0], 'an attendant'))
  await node.openShift()
  const feed = await openLiveFeed(edgeUrl, node.cookie())
  await world.parts.cloud.stop()
  say(`cloud stopped; node with data in ${folder}`)
  return {
    edgePort: places.edge,
    node,
    feed,
    forecourt: forecourtCaller(`http://127.0.0.1:${places.stationControl}`),
    takeTokens(count) {
      const taken = waiting.splice(0, count)
      if (taken.length < count) throw new Error('the bench seeded too few bookings')
      return taken
    },
  }
}

/** Sold for the coming slot: in the booked queue from now on, and for ten minutes and more. */
async function followedTokens(world: FreshWorld, count: number): Promise<string[]> {
  const press = await tokenPress(join(world.folder, 'cloud'))
  const windowStart = instant(slotStart(instant(Date.now())) + slotMs)
  const seeds = Array.from({ length: count }, (_, index) => ({
    plate: plateOf(index),
    windowStart,
  }))
  const made = await seedBookings({ databaseUrl: world.databaseUrl, press }, seeds)
  const ledger = join(world.folder, 'edge', 'ledger.db')
  const what = `${count} bookings at the node`
  await waitUntil({ what, withinMs: followPatienceMs, everyMs: 250 }, () => {
    const known = knownRows(ledger)
    const all = known.bookings >= count && known.keySets > 0 && known.attendants > 0
    return all ? true : undefined
  })
  return made.map(({ token }) => token)
}

/** GJ01BA0001, GJ01BA0002, … GJ01BB0001: as many as a bench wants. */
function plateOf(index: number): string {
  const series = String.fromCharCode('A'.charCodeAt(0) + Math.floor(index / 9_999))
  return `GJ01B${series}${String((index % 9_999) + 1).padStart(4, '0')}`
}
