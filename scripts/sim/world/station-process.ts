import { inlineLedger } from '@baari/edge/adapters/ledger/inline-ledger'
import type { LedgerPlace, Sqlite } from '@baari/edge/adapters/ledger/open-database'
import { ed25519Verifier } from '@baari/edge/adapters/system/ed25519'
import { codeMac } from '@baari/edge/adapters/system/mac'
import { reads, type Commands } from '@baari/edge/app/commands'
import { booksDesk } from '@baari/edge/app/desk/books-desk'
import { entryDesk } from '@baari/edge/app/desk/entry-desk'
import { forecourtOf } from '@baari/edge/app/desk/forecourt-of'
import type { Forecourt } from '@baari/edge/app/desk/forecourt'
import { placesDesk } from '@baari/edge/app/desk/places-desk'
import { PositionController } from '@baari/edge/app/position/position-controller'
import { readScan } from '@baari/edge/app/scan/read-scan'
import { startLink, type Sync } from '@baari/edge/app/sync/start-link'
import { stationClock } from '@baari/edge/app/sync/station-clock'
import type { StationClock } from '@baari/edge/ports/station-clock'
import type { StationDesk } from '@baari/edge/ports/station-desk'
import { present } from '@baari/shared/faults/assert'
import type { IdSource } from '@baari/shared/runtime/chance'
import { grams } from '@baari/shared/units/mass'
import type { PositionNo } from '@baari/shared/units/names'
import { millis, minutes } from '@baari/shared/units/time'
import { plantedCommands, type Plant } from '../plants/plants.ts'
import { machineClock, type MachineClock } from './clocks.ts'
import type { CloudDoor } from './cloud-door.ts'
import { crashableLedger, type CrashableLedger } from './crashable-ledger.ts'
import { codeSecretOf, type WorldKeys } from './keys.ts'
import { ledgerLooks, type LedgerLooks } from './ledger-looks.ts'
import type { SimNozzle } from './sim-nozzle.ts'
import { simLine } from './sim-line.ts'
import { simSource } from './sim-source.ts'
import type { ShapeFeed } from './shape-feed.ts'
import {
  asha,
  batchOpsMax,
  entryLanes,
  exitLane,
  firstKid,
  followTimes,
  nozzleTimes,
  settingsOf,
  setupOf,
} from './station-plan.ts'
import type { Wire } from './wire.ts'
import type { WorldParts } from './world-parts.ts'

export type ProcessParts = {
  readonly world: WorldParts
  readonly no: number
  readonly name: string
  readonly place: LedgerPlace
  readonly ids: IdSource
  readonly keys: WorldKeys
  readonly plant: Plant | null
  readonly wire: Wire
  readonly door: CloudDoor
  readonly feed: ShapeFeed
  readonly wallOffsetMs: () => number
  /** False when the dispensers' lines were pulled out of this box. */
  readonly plugged: () => boolean
  /** False when the network was. */
  readonly connected: () => boolean
  readonly nozzles: ReadonlyMap<PositionNo, SimNozzle>
  readonly positions: number
  readonly diskFree: () => boolean
  readonly onDeath: (why: string) => void
  readonly onAccepted: () => void
  readonly onSession: (generation: number) => void
}

export type StationProcess = {
  readonly db: Sqlite
  readonly looks: LedgerLooks
  readonly ledger: CrashableLedger
  readonly forecourt: Forecourt
  readonly entry: StationDesk['entry']
  readonly places: StationDesk['places']
  readonly books: StationDesk['books']
  readonly time: StationClock
  readonly clock: MachineClock
  alive(): boolean
  sync(): Sync | undefined
  /** The process ends at once, without a word to anybody. */
  kill(): void
}

const verify = ed25519Verifier()
const usualGrams = grams(6_000)

/** One life of the node's program: everything but its threads, bytes and doors, composed anew. */
export function startProcess(parts: ProcessParts): StationProcess {
  const { world, no, name, ids } = parts
  let alive = true
  let sync: Sync | undefined
  const clock = machineClock(world.timeline, {
    ...{ name, offsetMs: parts.wallOffsetMs, lineIsDead: () => parts.wire.isDead() },
  })
  const time = stationClock(clock)
  let opened: Sqlite | undefined
  const inner = inlineLedger<Commands>({
    at: {
      ...{ file: parts.place, station: settingsOf(no, 1).no, version: 'sim', now: time.now() },
      ...{ boot: ids.hex(16), instance: ids.uuid() },
    },
    ...{ commands: plantedCommands(parts.plant), reads, ids, now: () => time.now() },
    seed: (sqlite) => (opened = sqlite),
  })
  const db = present(opened, 'the open ledger')
  const isAlive = (): boolean => alive
  const die = (why: string): void => {
    if (alive) parts.onDeath(why)
  }
  const ledger = crashableLedger(inner, {
    ...{ alive: isAlive, die, now: () => world.timeline.now() },
    onRestless: (command) => world.violation('a node comes to rest', `${name} ${command}`),
  })
  const desk = deskOf(parts, { ledger, clock, time, die, alive: isAlive, link: () => sync })
  const fenced = (): boolean => sync?.status().uplink === 'fenced'
  const core = { ledger, clock, time, alive: isAlive, recover: desk.recover, fenced }
  void begin(parts, core).then(
    (started) => (sync = started),
    (error: unknown) => {
      if (alive) die(`could not begin: ${String(error)}`)
    },
  )
  return {
    ...{ db, looks: ledgerLooks(db), ledger, time, clock, alive: isAlive, sync: () => sync },
    ...{ forecourt: desk.forecourt, entry: desk.entry, places: desk.places, books: desk.books },
    kill() {
      alive = false
      clock.kill()
    },
  }
}

type Core = {
  readonly ledger: CrashableLedger
  readonly clock: MachineClock
  readonly time: StationClock
  readonly alive: () => boolean
}

type Beginning = Core & {
  readonly recover: () => Promise<void>
  readonly fenced: () => boolean
}

async function begin(
  parts: ProcessParts,
  { ledger, clock, time, alive, recover, fenced }: Beginning,
): Promise<Sync> {
  const { world, no, ids, wire, door, feed } = parts
  await ledger.run('station.configure', settingsOf(no, parts.positions))
  time.restore((await ledger.run('time.read', null)).floor)
  await recover()
  sweep(ledger, clock)
  const speaker = { station: no, kid: firstKid, instance: ids.hex(16), publicKey: `key of ${no}` }
  const { onAccepted, onSession } = parts
  const own = wire.of({ alive, connected: parts.connected })
  return startLink({
    ...{ station: no, ledger, clock, time, followTimes, batchOpsMax },
    prng: world.prng(`jitter ${parts.name}`),
    lineOf: (onTime) => simLine({ wire: own, door, speaker, clock, onTime, onAccepted, onSession }),
    sourceOf: (keeper) => simSource({ wire: own, door, feed, keeper, clock, fenced }),
    onAlarm: (code, about) => world.trace(parts.name, `alarm ${code}: ${about}`),
    onFault: (error) => world.trace(parts.name, `sync fault: ${String(error)}`),
  })
}

const sweepEvery = minutes(20)

/** No-shows are reported as often as it matters here. */
function sweep(ledger: CrashableLedger, clock: MachineClock): void {
  clock.after('sweep', sweepEvery, () => {
    sweep(ledger, clock)
    ledger.run('booking.sweepNoShows', {}).catch(() => undefined)
  })
}

type DeskCore = Core & {
  readonly die: (why: string) => void
  readonly link: () => Sync | undefined
}

function deskOf(parts: ProcessParts, core: DeskCore) {
  const { world, no, ids, keys, positions } = parts
  const { ledger, time, link } = core
  const controllers = new Map<PositionNo, PositionController>()
  const { forecourt, changed } = forecourtOf({
    controllers,
    offline: { facts: () => [] },
    clock: core.clock,
  })
  for (const { no: position, lane } of settingsOf(no, positions).positions) {
    const nozzle = parts.nozzles.get(position)
    if (nozzle === undefined) continue
    const place = { position, lane, nozzle, changed, forecourt }
    controllers.set(position, controllerOf(parts, core, place))
  }
  const scans = {
    ...{ ledger, forecourt, ids, clock: time },
    live: { scanned: () => undefined },
    read: (text: string) =>
      readScan(text, {
        station: settingsOf(no, 1).no,
        now: time.now().at,
        ...{ keySet: keys.keySet, verify, kStation: codeSecretOf(no), mac: codeMac },
      }),
    linkUp: () => link()?.status().linkUp ?? false,
    metrics: { scanned: () => undefined },
    log: () => undefined,
  }
  const checkPin = () => Promise.resolve(false)
  const linkFacts = () => ({ up: scans.linkUp(), lastExchangeMs: null })
  return {
    forecourt,
    entry: entryDesk({
      scans,
      ledger,
      forecourt,
      checkPin,
      lanes: new Set([...entryLanes, exitLane]),
    }),
    places: placesDesk({
      ...{ ledger, forecourt, checkPin },
      resetTrip: () => Promise.resolve(true),
    }),
    books: booksDesk({
      ...{ ledger, link: linkFacts, checkPin },
      reopenLink: () => link()?.tell('operator'),
    }),
    async recover(): Promise<void> {
      const { called, faults } = await ledger.run('positions.read', {})
      for (const [position, controller] of controllers) {
        controller.recall(faults.filter((fault) => fault.position === position))
        const ticket = called.find((row) => row.position === position)?.ticket ?? null
        controller.recover(ticket).catch((error: unknown) => {
          world.violation('recovery of a position never fails', String(error))
        })
      }
    },
  }
}

type Placed = {
  readonly position: PositionNo
  readonly lane: (typeof entryLanes)[number]
  readonly nozzle: SimNozzle
  readonly changed: (position: PositionNo) => void
  readonly forecourt: Forecourt
}

function controllerOf(parts: ProcessParts, core: DeskCore, placed: Placed): PositionController {
  const { world, name, ids } = parts
  const { ledger, clock, alive, die } = core
  const { position, nozzle, changed, forecourt } = placed
  return new PositionController({
    ...{ no: position, lane: placed.lane, usualGrams, clock, ids, mayControl: true },
    nozzles: [
      { setup: setupOf(position), device: nozzle.device({ alive, plugged: parts.plugged }) },
    ],
    times: { ...nozzleTimes, retryMs: millis(nozzleTimes.retryMs) },
    ledger: () => ledger,
    safety: () => ({
      safety: { esd: null, gas: [], bank: null },
      tripLatched: false,
      attendantSignedIn: true,
      diskReserveFree: parts.diskFree(),
    }),
    onChange: () => changed(position),
    onCalls: (calls) => forecourt.carryOut(calls),
    onAlarm: (at, code) => world.trace(name, `position ${at} alarm ${code}`),
    onRefused: (at, no) => world.trace(name, `position ${at} not authorised: ${no.code}`),
    onLedgerLost: (cause) => {
      for (const facts of forecourt.facts()) forecourt.stop({ position: facts.no, attendant: asha })
      die(`ledger lost: ${String(cause)}`)
    },
    onRecovered: (at, row, next) =>
      world.trace(name, `position ${at} recovery row ${row}: ${next}`),
  })
}
