import { seededChance } from '@baari/shared/domain/forecast/chance'
import { headedTo } from '@baari/shared/domain/recommend/slots/herd-guard'
import { featuresOf } from '@baari/shared/domain/recommend/slots/slot-features'
import { shownSlots, type SlotCandidate } from '@baari/shared/domain/recommend/slots/shown-slots'
import { reasonsOf, type SlotReason } from '@baari/shared/domain/recommend/slots/slot-reasons'
import { firstRanker } from '@baari/shared/domain/recommend/slots/slot-ranker'
import { remoteSaleEdge, windowLength } from '@baari/shared/domain/slots/windows'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { istDay } from '@baari/shared/units/ist-calendar'
import type { Grams } from '@baari/shared/units/mass'
import type { StationNo, VehicleClass } from '@baari/shared/units/names'
import type { PlaceCell } from '@baari/shared/units/place'
import { after, instant, minutes, type Instant, type Millis } from '@baari/shared/units/time'
import { firstFacts, hourOfWeek, stationFactsOf } from '../../domain/recommend/ranker-facts.ts'
import type { RouteProvider } from '../../ports/route-provider.ts'
import type { ChoiceLog, PastWindows, Showing } from '../../ports/slot-recommendation.ts'
import type { ShownWindow } from '../bookings/list-windows.ts'
import type { SlotReads } from './slot-reads.ts'
import { stationsAround, type StationAt } from './stations-around.ts'

export type RecommendDeps = {
  readonly reads: SlotReads
  readonly log: Pick<ChoiceLog, 'put'>
  readonly past: PastWindows
  readonly routes: RouteProvider | undefined
  readonly clock: Pick<Clock, 'now'>
  readonly ids: IdSource
}

export type SlotWish = {
  readonly driver: string
  readonly kind: Showing['kind']
  readonly station: StationNo
  readonly vehicleClass: VehicleClass
  readonly gas: Grams
  /** The window that was wished and is full; undefined for as soon as may be. */
  readonly wished: Instant | undefined
  /** Where the driver is, to about a kilometre; undefined without consent. */
  readonly cell: PlaceCell | undefined
  /** Places for the station asked about, and for others. */
  readonly own: number
  readonly others: number
  /** Two slots of the station nearer than this are no choice. */
  readonly apart: Millis
}

export type RecommendedSlot = StationAt & {
  readonly start: Instant
  readonly reasons: readonly SlotReason[]
}

/** Other stations that are looked at for each one that is shown. */
const lookedAt = 2
const pastMost = 30
/** More showings than this an hour are answered and not logged: a page that reloads teaches nothing. */
const loggedAnHour = 30
/** The wait told now is that of windows this near. */
const nowIsNear = minutes(90)

type Candidate = SlotCandidate & { readonly at: StationAt }

/**
 * Slots with room, the best first, with the reason for each. What is shown is logged with the chance
 * it had. An unknown or closed station has none.
 */
export async function recommendSlots(
  deps: RecommendDeps,
  wish: SlotWish,
): Promise<readonly RecommendedSlot[]> {
  const { reads, ids } = deps
  const now = deps.clock.now()
  const [fitted, past] = await Promise.all([reads.ranker(), deps.past(wish.driver, pastMost)])
  const facts = fitted?.facts ?? firstFacts
  const { station, cell, others } = wish
  const around = { station, cell, others: others * lookedAt, now, speeds: facts.speeds }
  const stations = await stationsAround(deps, around)
  const herds = await Promise.all(stations.map(({ station: { no } }) => reads.herd(no)))
  const windows = await Promise.all(stations.map((at) => openWindows(deps, wish, { at, now })))
  // From here to the herd's `add` nothing waits: two who ask at once see each other's slots.
  const known = {
    ...{ facts, past, now, wish, stations },
    sent: headedTo(herds.flatMap((herd) => herd.but(wish.driver))),
  }
  const candidates = stations.flatMap((at, index) => candidatesOf(known, at, windows[index] ?? []))
  const seed = Number.parseInt(ids.hex(4), 16)
  const asked = { ranker: fitted?.ranker ?? firstRanker(), ...wish }
  const shown = shownSlots(candidates, asked, seededChance(seed))
  stations.forEach(({ station: { no } }, index) => {
    herds[index]?.add(
      wish.driver,
      shown.filter((slot) => slot.station === no),
    )
  })
  if (shown.length > 0) {
    const showing = showingOf(wish, { id: ids.uuid(), seed, at: now })
    const options = shown.map(({ at: _, ...option }) => option)
    await deps.log.put({ ...showing, rankerVersion: fitted?.version ?? 0, options }, loggedAnHour)
  }
  const reasons = reasonsOf(shown, station)
  return shown.map(({ start, at }, index) => ({ start, reasons: reasons[index] ?? [], ...at }))
}

function showingOf(
  { driver, kind, station, vehicleClass }: SlotWish,
  own: Pick<Showing, 'id' | 'seed' | 'at'>,
): Omit<Showing, 'rankerVersion' | 'options'> {
  return { driver, kind, station, vehicleClass, ...own }
}

/** Windows with room that the driver can still be in; availability is a filter and never a weight. */
async function openWindows(
  { reads }: RecommendDeps,
  { vehicleClass, gas, wished }: SlotWish,
  { at, now }: { readonly at: StationAt; readonly now: Instant },
): Promise<readonly ShownWindow[]> {
  const windows = await reads.windows({ station: at.station.no, vehicleClass, gas })
  const open = windows.filter(({ start, room }) => room !== 'full' && start !== wished)
  const earliest = at.eta === undefined ? now : after(now, at.eta.q50)
  return open.filter(({ start }) => after(start, windowLength) >= earliest)
}

type Known = {
  readonly facts: typeof firstFacts
  readonly past: readonly Instant[]
  readonly now: Instant
  readonly wish: Pick<SlotWish, 'wished'>
  readonly stations: readonly StationAt[]
  readonly sent: ReturnType<typeof headedTo>
}

function candidatesOf(
  { facts, past, now, wish, stations, sent }: Known,
  at: StationAt,
  windows: readonly ShownWindow[],
): readonly Candidate[] {
  const station = at.station.no
  const { ratings, offers, loadQ90 } = stationFactsOf(facts, station)
  const reach = instant(wish.wished ?? now + (at.eta?.q50 ?? remoteSaleEdge))
  const cheapest = stations.reduce((least, { price }) => (price < least ? price : least), at.price)
  return windows.map(({ start, places }) => {
    const features = featuresOf({
      ...{ start, reach, past, ratings, offers, cheapest },
      ...{ distanceKm: at.distanceKm, price: at.price, wait: waitAt(at.live, start, now) },
      room: places - facts.takeShare * sent({ station, start }),
      loadQ90: loadQ90?.[hourOfWeek(start)] ?? null,
    })
    return { station, start, features, at }
  })
}

function waitAt(live: StationAt['live'], start: Instant, now: Instant): Millis | null {
  if (live === undefined) return null
  const late = istDay(start) === istDay(now) ? live.delayMin : 0
  const near = start - now <= nowIsNear && !live.stale
  return minutes(late + (near && live.wait !== null ? live.wait.medianMin : 0))
}
