import { present } from '@baari/shared/faults/assert'
import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import { slotMs, slotStart } from '@baari/shared/units/ist-calendar'
import { instant } from '@baari/shared/units/time'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { signInOperator, type OperatorCaller } from '../../clients/cloud-caller.ts'
import { openFaultyLink, type FaultyLink } from '../../clients/faulty-link.ts'
import { forecourtCaller } from '../../clients/forecourt-caller.ts'
import { knownRows } from '../../clients/known-rows.ts'
import { seedBookings } from '../../clients/seed-bookings.ts'
import { signInAtNode, type NodeCaller } from '../../clients/node-caller.ts'
import { tokenPress } from '../../clients/token-press.ts'
import { NotInTime, waitUntil } from '../../clients/wait-until.ts'
import { demoStation } from '../../dev/world/seed.ts'
import type { Places } from '../../dev/world/places.ts'
import { startFreshWorld, type FreshWorld } from '../../dev/world/fresh-world.ts'
import { readLedgerFile } from '../kills/books-of-file.ts'
import { judge, ticketsMissing, type Evidence, type Judgement } from './books-of-world.ts'
import { possibleTroubles, troubles, type Lines, type TroubleName } from './faults.ts'
import { bringPeople, type PeopleReport } from './forecourt-people.ts'
import { putUnderneath, type Underneath } from './node-under-test.ts'

export type WorldChaosOptions = {
  readonly minutes: number
  readonly seed: number
  /** Names of the troubles to make; all when it is empty. */
  readonly only?: readonly string[]
  readonly say: (line: string) => void
}

export type WorldChaosResult = Judgement & {
  readonly faults: number
  readonly byName: Readonly<Partial<Record<TroubleName, number>>>
  readonly people: Omit<PeopleReport, 'tickets'>
  readonly settled: number
}

const flowGramsPerSecond = 1_000
const tokens = 400
const calmWithinMs = 180_000
const followedWithinMs = 60_000

/**
 * Real processes under real troubles: vehicles come and are served while node, cloud, database,
 * lines, clock and disk fail by a seed, sometimes two at a time. Then the troubles stop, everything
 * must come to rest, and the books of dispensers, node and cloud must agree.
 */
export async function runWorldChaos(options: WorldChaosOptions): Promise<WorldChaosResult> {
  const { seed, say } = options
  let places: Places | undefined
  const lines = await openLines(seed, () => present(places, 'the places of a started world'))
  let underneath: Underneath | undefined
  const world = await startFreshWorld({
    name: 'chaos',
    autopilot: true,
    flowGramsPerSecond,
    builtEdge: true,
    say,
    ways: { cloud: lines.cloud.port, database: lines.database.port },
    prepare: (folder) => (underneath = putUnderneath(folder, { seed, say })),
    station: (at) => {
      places = at
      return { tapped: { bus: lines.bus.port } }
    },
  })
  try {
    const shown = await followedTokens(world)
    const people = peopleOf(world, shown, seed)
    const made = await troubleIt({ world, lines, underneath: present(underneath, 'node') }, options)
    say('the troubles are over')
    await sleep(5_000)
    const report = await people.stop()
    const evidence = await restOf(world, report)
    const { tickets: _, ...counts } = report
    const byName = Object.fromEntries(
      made.map((name) => [name, made.filter((one) => one === name).length]),
    )
    const { settled } = evidence.facts
    return { ...judge(evidence), faults: made.length, byName, people: counts, settled }
  } finally {
    await world.stop()
    await Promise.all(Object.values(lines).map((line) => line.close()))
  }
}

/** The lines stand before the world does, because its parts are told where to reach each other. */
async function openLines(seed: number, places: () => Places): Promise<Lines> {
  const line = (nth: number, to: () => number): Promise<FaultyLink> =>
    openFaultyLink({ to, prng: seededPrng(seed + nth) })
  return {
    cloud: await line(2, () => places().cloud),
    database: await line(3, () => places().postgres),
    bus: await line(4, () => places().bus),
  }
}

function peopleOf(world: FreshWorld, shown: readonly string[], seed: number) {
  const { places, secrets } = world
  return bringPeople({
    edgeUrl: `http://127.0.0.1:${places.edge}`,
    forecourt: forecourtCaller(`http://127.0.0.1:${places.stationControl}`),
    attendant: present(secrets.attendants[0], 'an attendant'),
    tokens: shown,
    prng: seededPrng(seed + 1),
  })
}

/** Bookings in their windows all through the run, followed by the node before the first trouble. */
async function followedTokens(world: FreshWorld): Promise<readonly string[]> {
  const press = await tokenPress(join(world.folder, 'cloud'))
  const first = slotStart(instant(Date.now()))
  const seeds = Array.from({ length: tokens }, (_, index) => ({
    plate: `GJ05CH${String(index + 1).padStart(4, '0')}`,
    windowStart: instant(first + (1 + Math.floor((3 * index) / tokens)) * slotMs),
  }))
  const made = await seedBookings({ databaseUrl: world.databaseUrl, press }, seeds)
  const ledger = join(world.folder, 'edge', 'ledger.db')
  const patience = { what: 'bookings at the node', withinMs: followedWithinMs, everyMs: 250 }
  await waitUntil(patience, () => {
    const known = knownRows(ledger)
    return known.bookings >= tokens && known.keySets > 0 && known.attendants > 0 ? true : undefined
  })
  return made.map(({ token }) => token)
}

type TroubledWorld = {
  readonly world: FreshWorld
  readonly lines: Lines
  readonly underneath: Underneath
}

/** One trouble after another, now and then two at once, until the time is over. */
async function troubleIt(
  at: TroubledWorld,
  { minutes, seed, say, only }: WorldChaosOptions,
): Promise<readonly TroubleName[]> {
  const prng = seededPrng(seed)
  const possible = possibleTroubles(at.underneath, only)
  const made: TroubleName[] = []
  const began = performance.now()
  const one = async (): Promise<void> => {
    const name = present(possible[wholeBetween(prng, 0, possible.length - 1)], 'a trouble')
    made.push(name)
    say(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${name}`)
    await troubles[name]({ ...at, prng })
  }
  while (performance.now() - began < minutes * 60_000) {
    await sleep(wholeBetween(prng, 500, 6_000))
    await Promise.all(prng.next() < 0.25 ? [one(), one()] : [one()])
  }
  return made
}

type Callers = { readonly node: NodeCaller; readonly operator: OperatorCaller }

/** The books once everything has come to rest, or as they stand when the bound is over. */
async function restOf(world: FreshWorld, people: PeopleReport): Promise<Evidence> {
  const { places, secrets, folder } = world
  const forecourt = forecourtCaller(`http://127.0.0.1:${places.stationControl}`)
  const ledger = join(folder, 'edge', 'ledger.db')
  let last: Evidence | undefined
  let callers: Callers | undefined
  try {
    const patience = { what: 'rest after the troubles', withinMs: calmWithinMs, everyMs: 1_000 }
    await waitUntil(patience, async () => {
      // Once is enough: sessions outlive the processes, and doors count sign-ins.
      callers ??= {
        node: await signInAtNode(
          `http://127.0.0.1:${places.edge}`,
          present(secrets.attendants[0], 'an attendant'),
        ),
        operator: await signInOperator(`http://127.0.0.1:${places.cloud}`, secrets.operator),
      }
      const { node, operator } = callers
      last = {
        node: await node.syncStatus(),
        cloud: await operator.ledger(demoStation.no),
        heads: await forecourt.heads(),
        facts: readLedgerFile(ledger),
        missingTickets: ticketsMissing(ledger, people.tickets),
      }
      return judge(last).failures.length === 0 ? true : undefined
    })
  } catch (reason) {
    if (!(reason instanceof NotInTime) || last === undefined) throw reason
  }
  return present(last, 'evidence')
}
