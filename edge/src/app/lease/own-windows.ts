import { isNone, least, less, noCapacity, plus } from '@baari/shared/domain/lease/capacity'
import { ownFree } from '@baari/shared/domain/lease/station-cells'
import { acknowledgedTerm } from '@baari/shared/domain/lease/station-lease'
import { mayStillSell, type LeaseTerm } from '@baari/shared/domain/lease/term'
import { bookedWork } from '@baari/shared/domain/slots/booked-work'
import { shownRoom, spanOf, type ShownRoom } from '@baari/shared/domain/slots/shown-room'
import type { FreeCell, Need } from '@baari/shared/domain/slots/taking-plan'
import { isCut } from '@baari/shared/domain/slots/supply-cut'
import { showProbability, usualFill } from '@baari/shared/domain/slots/usual-fill'
import { horizon, windowLength } from '@baari/shared/domain/slots/windows'
import type { VehicleClass } from '@baari/shared/units/names'
import { after, instant, type Instant } from '@baari/shared/units/time'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import {
  step,
  toSend,
  viewOf,
  type ForecourtNow,
  type LeaseToSend,
  type LeaseTx,
} from './lease-round.ts'

/** What a vehicle of this class takes from a window, by the station's own times; frozen at the sale. */
export function needOf(tx: Pick<LedgerTx, 'serviceTimes'>, vehicleClass: VehicleClass): Need {
  return {
    work: bookedWork(tx.serviceTimes.classMinutes()[vehicleClass], showProbability),
    gas: usualFill[vehicleClass],
  }
}

export type OwnCapacity = { readonly term: LeaseTerm; readonly free: readonly FreeCell[] }

/** What the station has left to sell itself; undefined while no term was acknowledged. */
export function ownCapacity(tx: Pick<LedgerTx, 'leases'>, now: Instant): OwnCapacity | undefined {
  const { lease, cells } = tx.leases.read()
  const term = acknowledgedTerm(lease)
  if (term === undefined) return undefined
  const runs = mayStillSell(term, now)
  return { term, free: cells.map((cell) => ownFree(cell, runs)) }
}

export type OwnWindow = { readonly start: Instant; readonly room: ShownRoom }

export type OwnWindows = {
  readonly windows: readonly OwnWindow[]
  /** No gas until then: the windows before it read full. */
  readonly cutUntil: Instant | null
}

export type ListOwnWindows = {
  readonly vehicleClass: VehicleClass
  /** With the link up the cloud's free minutes can be borrowed while the driver waits. */
  readonly linkUp: boolean
}

/** Windows of the next 24 hours as the kiosk may promise them; null when it sells none. */
export function listOwnWindows(
  tx: Pick<LedgerTx, 'leases' | 'serviceTimes' | 'cuts'>,
  { vehicleClass, linkUp }: ListOwnWindows,
  { now }: CommandContext,
): OwnWindows | null {
  const own = ownCapacity(tx, now.at)
  if (own === undefined) return null
  const need = needOf(tx, vehicleClass)
  const borrowable = linkUp ? withCloud(tx, own.free) : []
  const cut = tx.cuts.open(now.at)
  const windows = kioskWindows(now.at).map((start) => {
    if (cut !== undefined && isCut(cut, start)) return { start, room: 'full' as const }
    const room = shownRoom(own.free, start, need)
    const lent = room === 'full' && shownRoom(borrowable, start, need) !== 'full'
    return { start, room: lent ? ('few' as const) : room }
  })
  return { windows, cutUntil: cut?.until ?? null }
}

function withCloud(tx: Pick<LedgerTx, 'leases'>, free: readonly FreeCell[]): readonly FreeCell[] {
  const own = new Map(free.map((cell) => [cell.start, cell]))
  return tx.leases.read().cells.map((cell) => ({
    start: cell.start,
    ...plus(own.get(cell.start) ?? noCapacity, cell.closed ? noCapacity : cell.cloud),
  }))
}

/** Starts from the next ten minutes on: at the kiosk a window is sold until it begins. */
function kioskWindows(now: Instant): readonly Instant[] {
  const starts: Instant[] = []
  const first = Math.ceil(now / windowLength) * windowLength
  for (let start = first; start <= after(now, horizon); start += windowLength) {
    starts.push(instant(start))
  }
  return starts
}

export function isKioskWindow(start: Instant, now: Instant): boolean {
  return start % windowLength === 0 && start <= after(now, horizon)
}

export type WantWindow = {
  readonly windowStart: Instant
  readonly vehicleClass: VehicleClass
  readonly forecourt: ForecourtNow
}

/**
 * Asks the cloud for what the own share lacks for one vehicle; null when nothing is lacking, or
 * nothing is sold because there is no gas then.
 */
export function wantWindow(
  tx: LeaseTx & Pick<LedgerTx, 'cuts'>,
  { windowStart, vehicleClass, forecourt }: WantWindow,
  context: CommandContext,
): LeaseToSend | null {
  const cut = tx.cuts.open(context.now.at)
  if (cut !== undefined && isCut(cut, windowStart)) return null
  const own = ownCapacity(tx, context.now.at)
  if (own === undefined) return null
  const has = spanOf(own.free, windowStart).reduce(plus, noCapacity)
  let lacking = less(needOf(tx, vehicleClass), has)
  const cells = spanOf(tx.leases.read().cells, windowStart).flatMap((cell) => {
    const wish = least(lacking, cell.cloud)
    lacking = less(lacking, wish)
    return isNone(wish) ? [] : [{ start: cell.start, ...wish }]
  })
  if (cells.length === 0) return null
  const view = viewOf(tx, forecourt, context)
  return toSend(step(tx, { event: { kind: 'wanted', cells }, view }))
}
