import { least, noCapacity, plus } from '@baari/shared/domain/lease/capacity'
import { bookedWork } from '@baari/shared/domain/slots/booked-work'
import { hoursAround, openRooms } from '@baari/shared/domain/slots/rolling-share'
import { shownAs, spanOf, type ShownRoom } from '@baari/shared/domain/slots/shown-room'
import { roomFor, takingSpan } from '@baari/shared/domain/slots/taking-plan'
import { showProbability } from '@baari/shared/domain/slots/usual-fill'
import { horizon, shownWindows } from '@baari/shared/domain/slots/windows'
import { isCut } from '@baari/shared/domain/slots/supply-cut'
import type { Grams } from '@baari/shared/units/mass'
import type { StationNo, VehicleClass } from '@baari/shared/units/names'
import { after, type Instant } from '@baari/shared/units/time'
import type { SaleBook } from '../../ports/sales.ts'
import type { Stations } from '../../ports/stations.ts'
import type { Clock } from '@baari/shared/runtime/clock'

export type ShownWindow = {
  readonly start: Instant
  readonly room: ShownRoom
  /** Vehicles like this one that still fit. */
  readonly places: number
}

export type WindowQuery = {
  readonly station: StationNo
  readonly vehicleClass: VehicleClass
  readonly gas: Grams
  readonly from: Instant
}

type Deps = {
  readonly book: SaleBook
  readonly stations: Pick<Stations, 'classMinutes' | 'supplyCut'>
  readonly clock: Pick<Clock, 'now'>
}

const full = { room: 'full', places: 0 } as const

/** The ten-minute windows of the next 24 hours that a remote channel still sells. */
export async function listWindows(
  { book, stations, clock }: Deps,
  query: WindowQuery,
): Promise<readonly ShownWindow[]> {
  const { station, from, vehicleClass, gas } = query
  const now = clock.now()
  const starts = shownWindows(from, now)
  const first = starts[0]
  if (first === undefined) return []
  const term = await book.term(station)
  if (term === undefined) return starts.map((start) => ({ start, ...full }))
  const range = {
    station,
    from: hoursAround(first).from,
    to: after(after(now, horizon), takingSpan),
  }
  const [cells, times, cut] = await Promise.all([
    book.freeCells(range),
    stations.classMinutes(station),
    stations.supplyCut(station),
  ])
  const need = { work: bookedWork(times[vehicleClass], showProbability), gas }
  const open = openRooms(cells, { cloudShare: term.cloudShare, now })
  return starts.map((start) => {
    if (cut !== undefined && isCut(cut, start)) return { start, ...full }
    const free = spanOf(cells, start).reduce(plus, noCapacity)
    const room = least(free, open({ from: start, to: after(start, takingSpan) }))
    return { start, room: shownAs(room, need), places: roomFor([room], need) }
  })
}
