import { offlineEta, type SpeedBook, type Trip } from './offline-eta.ts'

export type RoutedTrip = Trip & { readonly route: string }

/** How estimates did on trips that they had not seen. */
export type EtaMeasures = {
  readonly trips: number
  /** Mean distance of the median from what the trip took, in seconds and in per cent of it. */
  readonly maeSeconds: number
  readonly mapePercent: number
  /** Share of the trips that took no longer than the median, and than the 90 % quantile. */
  readonly cover50: number
  readonly cover90: number
}

/** Measures of each route, in the order in which routes first appear. */
export function measureRoutes(
  trips: readonly RoutedTrip[],
  book: SpeedBook,
): ReadonlyMap<string, EtaMeasures> {
  const routes = new Map<string, RoutedTrip[]>()
  for (const trip of trips) routes.set(trip.route, [...(routes.get(trip.route) ?? []), trip])
  return new Map([...routes].map(([route, own]) => [route, measureTrips(own, book)]))
}

export function measureTrips(trips: readonly Trip[], book: SpeedBook): EtaMeasures {
  const seen = trips.map(({ took, left, ...way }) => ({ took, ...offlineEta(way, left, book) }))
  const mean = (of: (one: (typeof seen)[number]) => number): number =>
    seen.reduce((sum, one) => sum + of(one), 0) / Math.max(1, seen.length)
  return {
    trips: seen.length,
    maeSeconds: mean(({ took, q50 }) => Math.abs(took - q50)) / 1_000,
    mapePercent: 100 * mean(({ took, q50 }) => Math.abs(took - q50) / Math.max(1, took)),
    cover50: mean(({ took, q50 }) => Number(took <= q50)),
    cover90: mean(({ took, q90 }) => Number(took <= q90)),
  }
}
