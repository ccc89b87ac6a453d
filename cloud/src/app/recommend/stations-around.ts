import type { StationLive } from '@baari/shared/contracts/http/cloud-api'
import type { SpeedBook } from '@baari/shared/domain/eta/offline-eta'
import type { PaisePerKg } from '@baari/shared/units/money'
import type { StationNo } from '@baari/shared/units/names'
import { centreOf, greatCircleMetres, type Place, type PlaceCell } from '@baari/shared/units/place'
import type { Instant } from '@baari/shared/units/time'
import type { RouteProvider } from '../../ports/route-provider.ts'
import type { StationView } from '../../ports/stations.ts'
import { estimateArrivals, type Arrival } from './estimate-arrival.ts'
import type { SlotReads } from './slot-reads.ts'

/** A station that may be recommended, as it is for this driver. */
export type StationAt = {
  readonly station: StationView
  readonly price: PaisePerKg
  /** Kilometres in a straight line from where the driver is; null where that is unknown. */
  readonly distanceKm: number | null
  readonly eta: Arrival | undefined
  readonly live: StationLive | undefined
}

export type AroundDeps = {
  readonly reads: Pick<SlotReads, 'stations' | 'lives' | 'places' | 'price'>
  readonly routes: RouteProvider | undefined
}

export type AroundAsked = {
  readonly station: StationNo
  /** Where the driver is, to about a kilometre; undefined without consent. */
  readonly cell: PlaceCell | undefined
  /** How many other stations are looked at, the nearest first. */
  readonly others: number
  readonly now: Instant
  readonly speeds: SpeedBook
}

/**
 * The station asked about, unless it is closed, and open ones around it, each with its price and how
 * long it takes to be there. One without a price in force sells nothing and is left out.
 */
export async function stationsAround(
  { reads, routes }: AroundDeps,
  { station, cell, others, now, speeds }: AroundAsked,
): Promise<readonly StationAt[]> {
  const [all, told, known] = await Promise.all([reads.stations(), reads.lives(), reads.places()])
  const here = cell === undefined ? undefined : centreOf(cell)
  const metresTo = (from: Place | undefined, { no }: StationView): number => {
    const there = known.get(no)
    return from === undefined || there === undefined ? Infinity : greatCircleMetres(from, there)
  }
  const own = all.filter(({ no, open }) => no === station && open)
  const near = all
    .filter(({ no, open, workingPositions }) => open && workingPositions > 0 && no !== station)
    .map((one) => ({ one, metres: metresTo(here ?? known.get(station), one) }))
    .toSorted((a, b) => a.metres - b.metres || a.one.no - b.one.no)
    .slice(0, others)
  const chosen = [...own, ...near.map(({ one }) => one)]
  const placed = chosen.flatMap(({ no }) => known.get(no) ?? [])
  const [prices, arrivals] = await Promise.all([
    Promise.all(chosen.map(({ no }) => reads.price(no))),
    cell === undefined ? [] : estimateArrivals(routes, { cell, to: placed, at: now, speeds }),
  ])
  const etaOf = new Map(placed.map((there, index) => [there, arrivals[index]]))
  return chosen.flatMap((one, index) => {
    const price = prices[index]
    if (price === undefined) return []
    const there = known.get(one.no)
    const metres = metresTo(here, one)
    const distanceKm = Number.isFinite(metres) ? Math.round(metres / 1_000) : null
    return [
      { station: one, price, distanceKm, eta: there && etaOf.get(there), live: told.get(one.no) },
    ]
  })
}
