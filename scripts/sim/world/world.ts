import type { PlainRow } from '@baari/cloud/adapters/memory/memory-database'
import { paisePerKg } from '@baari/shared/units/money'
import { checkBookings } from '../checks/bookings.ts'
import { checkCells, watchCells } from '../checks/cells.ts'
import { chainsDiffer, checkChains } from '../checks/chains.ts'
import { checkMassAndMoney } from '../checks/mass-and-money.ts'
import { checkVerdicts } from '../checks/ops.ts'
import { checkOpenTickets, checkTokens } from '../checks/tokens.ts'
import { FaultDriver } from '../faults/fault-driver.ts'
import { noFaults, swarm, type FaultPlan } from '../faults/fault-plan.ts'
import type { Plant } from '../plants/plants.ts'
import { traceOf } from '../report/trace.ts'
import { prngOf, seededIds } from './chance.ts'
import { Crew } from './crew.ts'
import { Drivers } from './drivers.ts'
import { codeSecretOf, worldKeys, type WorldKeys } from './keys.ts'
import { SimCloud } from './sim-cloud.ts'
import { asha, firstKid, pricePaisePerKg, settingsOf } from './station-plan.ts'
import { Station } from './station.ts'
import { Timeline } from './timeline.ts'
import { planDay, type Vehicle } from './vehicles.ts'
import type { WorldParts } from './world-parts.ts'

export type WorldOptions = {
  readonly seed: number
  readonly stations: number
  readonly days: number
  /** Vehicles of one station and day. */
  readonly vehicles: number
  /** Strengths that the swarm may not choose. */
  readonly faults: Partial<FaultPlan>
  readonly plant: Plant | null
  readonly trace: boolean
}

export type Violation = { readonly at: number; readonly rule: string; readonly detail: string }

export type WorldResult = {
  readonly seed: number
  readonly violations: readonly Violation[]
  readonly stationDays: number
  readonly fills: number
  readonly events: number
  /** Over every event, every traced word and every chain: equal for equal worlds. */
  readonly hash: string
  readonly trace: readonly string[]
}

const dayMs = 86_400_000
const minuteMs = 60_000
/** Longest quiet until both sides must agree: a cancelled token's validity lies inside it. */
const quietMs = 36 * 60 * minuteMs
/** More of the same say nothing new. */
const violationsKept = 20

/** One world from one seed: a time of faults, then a time without, then the books are compared. */
export async function runWorld(options: WorldOptions): Promise<WorldResult> {
  const { seed, stations: count, days } = options
  const timeline = new Timeline()
  const trace = traceOf(timeline, options.trace)
  const violations: Violation[] = []
  let plan = swarm(prngOf(seed, 'swarm'), options.faults)
  let restored = false
  const world: WorldParts = {
    ...{ seed, timeline, trace },
    faults: () => plan,
    rowsMayShrink: () => restored,
    violation(rule, detail) {
      trace('CHECK', `${rule}: ${detail}`)
      if (violations.length < violationsKept) violations.push({ at: timeline.now(), rule, detail })
    },
    prng: (part) => prngOf(seed, part),
    ids: (part) => seededIds(prngOf(seed, `ids ${part}`), timeline),
  }
  trace('swarm', faultText(plan))
  const keys = worldKeys()
  const cloud = new SimCloud(world, keys, options.plant)
  cloud.onRestored = () => {
    restored = true
  }
  await openCloud(cloud, count)
  watchCells(world, cloud)
  const stations = Array.from(
    { length: count },
    (_, index) => new Station({ ...stationParts(world, cloud, keys), ...options, no: index + 1 }),
  )
  people(world, { ...options, cloud, stations })
  const faults = new FaultDriver(world, { cloud, stations })
  for (const station of stations) station.start()
  faults.start()
  await timeline.runUntil(days * dayMs)
  faults.stop()
  plan = noFaults
  trace('world', 'all faults are over')
  const quiet = await becomeQuiet(world, { cloud, stations })
  if (!quiet) world.violation('everything converges', reasonsOf(cloud, stations).join('; '))
  checkAll(world, cloud, stations)
  return resultOf(world, { options, stations, violations, timeline })
}

function stationParts(world: WorldParts, cloud: SimCloud, keys: WorldKeys) {
  return { world, cloud, keys, positions: 3 }
}

async function openCloud(cloud: SimCloud, count: number): Promise<void> {
  const { db } = cloud.stores
  await db.transact(() => {
    for (let no = 1; no <= count; no += 1) {
      const { no: station, name } = settingsOf(no, 1)
      db.tables.station.put(String(no), {
        view: {
          ...{ no: station, name, address: 'of the world', open: true, nozzles: ['ngv1'] },
          cut: undefined,
          workingPositions: 3,
          positions: [['ngv1'], ['ngv1'], ['ngv1']],
        },
        key: { kid: firstKid, publicKey: `key of ${no}` },
        codeSecret: codeSecretOf(no),
        ...{ currentEpoch: null, generation: 0, instance: null },
      })
      db.tables.tariff.put(`t${no}`, {
        ...{ id: `t${no}`, station_no: no, valid_from_ms: 0 },
        price_paise_per_kg: paisePerKg(pricePaisePerKg),
      })
      db.tables.attendant.put(`${asha}/${no}`, attendantRow(no))
    }
    return Promise.resolve()
  })
  cloud.start()
}

function attendantRow(no: number): PlainRow {
  const role = { role: 'attendant', pin_hash: 'none', active: true }
  return { id: asha, station_no: no, name: 'Asha', ...role }
}

type Place = {
  readonly cloud: SimCloud
  readonly stations: readonly Station[]
}

function people(
  world: WorldParts,
  { cloud, stations, days, vehicles }: Place & Pick<WorldOptions, 'days' | 'vehicles'>,
): void {
  const drivers = new Drivers(world, cloud)
  const prng = world.prng('vehicles')
  let firstId = 1
  for (const station of stations) {
    const crew = new Crew(world, station)
    for (let day = 0; day < days; day += 1) {
      for (const plan of planDay(prng, { station: station.no, vehicles, day, firstId })) {
        const vehicle: Vehicle = {
          ...{ plan, booking: undefined, ticket: undefined, at: 'road', position: undefined },
          ...{ tries: 0, room: plan.grams, busy: false },
        }
        drivers.expect(vehicle)
        const { arrivesAt } = plan
        if (arrivesAt === null) continue
        world.timeline.after('arrives', arrivesAt, () => crew.arrive(vehicle))
      }
      firstId += vehicles
    }
  }
}

async function becomeQuiet({ timeline }: WorldParts, place: Place): Promise<boolean> {
  const end = timeline.now() + quietMs
  while (timeline.now() < end) {
    await timeline.runUntil(timeline.now() + 10 * minuteMs)
    if (reasonsOf(place.cloud, place.stations).length === 0) return true
  }
  return false
}

/** Why the world is not at rest yet; empty when both sides have nothing more to tell. */
function reasonsOf(cloud: SimCloud, stations: readonly Station[]): readonly string[] {
  const reasons: string[] = []
  for (const station of stations) {
    const { name, process } = station
    if (process === undefined) {
      reasons.push(`${name} does not run`)
      continue
    }
    const open = station.look((db) =>
      db
        .prepare<[], number>(
          `SELECT (SELECT count(*) FROM fill WHERE open_mark = 1)
             + (SELECT count(*) FROM ticket WHERE state <> 'closed')`,
        )
        .pluck()
        .get(),
    )
    if (open !== 0) reasons.push(`${name} has ${open} open fills and tickets`)
    const uplink = process.sync()?.status().uplink
    const differ = chainsDiffer(cloud, station)
    if (differ !== undefined) reasons.push(`${name} ${differ} (${uplink})`)
    const behind = followsBehind(cloud, station)
    if (behind !== undefined) reasons.push(`${name} ${behind}`)
  }
  for (const { booking } of cloud.stores.db.tables.booking.values()) {
    if (booking.state === 'cancel_pending') reasons.push(`${booking.id} waits for its cancel`)
  }
  return reasons
}

function followsBehind(cloud: SimCloud, station: Station): string | undefined {
  const rows = station.look((db) =>
    db.prepare<[], { id: string; state: string }>('SELECT id, state FROM booking').all(),
  )
  const known = new Map(rows.map(({ id, state }) => [id, state]))
  for (const { booking } of cloud.stores.db.tables.booking.values()) {
    if (booking.station !== station.no) continue
    if (known.get(booking.id) !== booking.state) return `has not heard of ${booking.id}`
  }
  return undefined
}

function checkAll(world: WorldParts, cloud: SimCloud, stations: readonly Station[]): void {
  for (const station of stations) {
    checkChains(world, cloud, station)
    checkMassAndMoney(world, cloud, station)
    checkTokens(world, cloud, station)
    checkOpenTickets(world, station)
    checkBookings(world, cloud, station)
  }
  checkCells(world, cloud)
  checkVerdicts(world, cloud)
}

type Ended = {
  readonly options: WorldOptions
  readonly stations: readonly Station[]
  readonly violations: readonly Violation[]
  readonly timeline: Timeline
}

async function resultOf(
  world: WorldParts,
  { options, stations, violations, timeline }: Ended,
): Promise<WorldResult> {
  let fills = 0
  for (const station of stations) {
    const { n, chain } = station.look((db) => ({
      n: db.prepare<[], number>("SELECT count(*) FROM fill WHERE state = 'settled'").pluck().get(),
      chain: db.prepare<[], string>('SELECT hex(chain) FROM outbox_head').pluck().all().join(),
    }))
    fills += n ?? 0
    world.timeline.note(chain)
    await station.end()
  }
  const { events, hash } = timeline.log()
  const { seed, days } = options
  return {
    ...{ seed, violations, fills, events, hash },
    stationDays: stations.length * days,
    trace: world.trace.lines,
  }
}

function faultText(plan: FaultPlan): string {
  return Object.entries(plan)
    .map(([kind, strength]) => (strength === 0 ? `no ${kind}` : `${kind} ${strength}`))
    .join(', ')
}
