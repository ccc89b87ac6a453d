import { bookedWork } from '@baari/shared/domain/slots/booked-work'
import {
  roomFor,
  takingSpan,
  type FreeCell,
  type Need,
} from '@baari/shared/domain/slots/taking-plan'
import { horizon, nearestWindows, shownWindows } from '@baari/shared/domain/slots/windows'
import { grams, type Grams } from '@baari/shared/units/mass'
import type { StationNo, VehicleClass } from '@baari/shared/units/names'
import { after, type Instant } from '@baari/shared/units/time'
import { showProbability } from '../../domain/booking/sale-rules.ts'
import type { SaleBook } from '../../ports/sales.ts'
import type { Clock } from '@baari/shared/runtime/clock'

export type ShownWindow = {
  readonly start: Instant
  readonly room: 'free' | 'few' | 'full'
}

/** Usual fill of a class, preset until the driver changes it. */
export const usualFill: { readonly [C in VehicleClass]: Grams } = {
  auto: grams(4_000),
  car: grams(8_000),
  lcv: grams(15_000),
  bus: grams(60_000),
}

export type WindowQuery = {
  readonly station: StationNo
  readonly vehicleClass: VehicleClass
  readonly gas: Grams
  readonly from: Instant
}

type Deps = { readonly book: SaleBook; readonly clock: Clock }

/** With room for this many or fewer a window reads *few*. */
const fewAtMost = 2

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
  return starts.map((start) => ({ start, room: roomOf(cells, start, need) }))
}

function roomOf(cells: readonly FreeCell[], start: Instant, need: Need): ShownWindow['room'] {
  const end = after(start, takingSpan)
  const own = cells.filter((cell) => cell.start >= start && cell.start < end)
  const room = roomFor(own, need)
  if (room === 0) return 'full'
  return room <= fewAtMost ? 'few' : 'free'
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
