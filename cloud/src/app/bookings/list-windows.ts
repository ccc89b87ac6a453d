import { bookedWork } from '@baari/shared/domain/slots/booked-work'
import { shownRoom, type ShownRoom } from '@baari/shared/domain/slots/shown-room'
import { takingSpan } from '@baari/shared/domain/slots/taking-plan'
import { showProbability } from '@baari/shared/domain/slots/usual-fill'
import { horizon, nearestWindows, shownWindows } from '@baari/shared/domain/slots/windows'
import type { Grams } from '@baari/shared/units/mass'
import type { StationNo, VehicleClass } from '@baari/shared/units/names'
import { after, type Instant } from '@baari/shared/units/time'
import type { SaleBook } from '../../ports/sales.ts'
import type { Clock } from '@baari/shared/runtime/clock'

export type ShownWindow = {
  readonly start: Instant
  readonly room: ShownRoom
}

export type WindowQuery = {
  readonly station: StationNo
  readonly vehicleClass: VehicleClass
  readonly gas: Grams
  readonly from: Instant
}

type Deps = { readonly book: SaleBook; readonly clock: Clock }

/** The ten-minute windows of the next 24 hours that a remote channel still sells. */
export async function listWindows(
  { book, clock }: Deps,
  query: WindowQuery,
): Promise<readonly ShownWindow[]> {
  const starts = shownWindows(query.from, clock.now())
  const first = starts[0]
  if (first === undefined) return []
  if (!(await book.onSale(query.station))) {
    return starts.map((start) => ({ start, room: 'full' as const }))
  }
  const to = after(after(clock.now(), horizon), takingSpan)
  const cells = await book.freeCells({ station: query.station, from: first, to })
  const need = { work: bookedWork(query.vehicleClass, showProbability), gas: query.gas }
  return starts.map((start) => ({ start, room: shownRoom(cells, start, need) }))
}

/** Three windows nearest to a full one. */
export async function alternatives(
  deps: Deps,
  query: Omit<WindowQuery, 'from'> & { readonly wished: Instant },
): Promise<readonly Instant[]> {
  const windows = await listWindows(deps, { ...query, from: deps.clock.now() })
  const open = windows.filter(({ room }) => room !== 'full').map(({ start }) => start)
  return nearestWindows(query.wished, open)
}
