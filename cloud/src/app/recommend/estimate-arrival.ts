import { later, offlineEta, type Eta, type SpeedBook } from '@baari/shared/domain/eta/offline-eta'
import { centreOf, type Place, type PlaceCell } from '@baari/shared/units/place'
import type { Instant } from '@baari/shared/units/time'
import type { RouteProvider } from '../../ports/route-provider.ts'

export type EtaSource = 'offline' | 'provider'
export type Arrival = Eta & { readonly source: EtaSource }

export type ArrivalAsked = {
  readonly cell: PlaceCell
  readonly to: readonly Place[]
  readonly at: Instant
  readonly speeds: SpeedBook
}

/**
 * How long to each place from the middle of the cell: by the service of routes where one is set up and
 * answers, else without it. The spread is learned from our own trips in both cases.
 */
export async function estimateArrivals(
  routes: RouteProvider | undefined,
  { cell, to, at, speeds }: ArrivalAsked,
): Promise<readonly Arrival[]> {
  if (to.length === 0) return []
  const from = centreOf(cell)
  const times = await routes?.times(from, to, at)
  return to.map((there, index) => {
    const takes = times?.[index]
    if (takes === undefined) {
      return { ...offlineEta({ cell, from, to: there }, at, speeds), source: 'offline' }
    }
    return { q50: takes, q90: later(takes, speeds), source: 'provider' }
  })
}
