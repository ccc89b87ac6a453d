import {
  drawOrder,
  takesEntries,
  windowsOfLot,
  type HashText,
} from '@baari/shared/domain/slots/lottery'
import { lotHour } from '@baari/shared/domain/slots/rolling-share'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { after, hours } from '@baari/shared/units/time'
import type { DueLot, LotEntry, LotResult, Lots } from '../../ports/lots.ts'
import type { Drivers } from '../../ports/people.ts'
import {
  draftOf,
  makeBooking,
  withinLimits,
  type BookingWish,
  type SaleDeps,
} from './make-booking.ts'

export type LotDeps = SaleDeps & {
  readonly lots: Lots
  readonly drivers: Pick<Drivers, 'vehicle'>
  readonly hash: HashText
}

const seedBytes = 16

/**
 * An entry to the lot of a window's hour; it holds nothing and costs nothing. Refuses as a sale does,
 * with lot_closed outside the time of entries, and with lot_entered past the limits.
 */
export async function enterLot(
  deps: LotDeps,
  wish: BookingWish,
): Promise<Result<LotEntry, Refusal>> {
  const { lots, clock, ids, hash, book } = deps
  const now = clock.now()
  const { station, windowStart, vehicle, driver, grams } = wish
  if (!takesEntries(windowStart, now)) return err(refusal('lot_closed', { startMs: windowStart }))
  const draft = await draftOf(deps, wish)
  if (!draft.ok) return draft
  const fair = await book.transact((tx) => withinLimits(tx, { wish, now }))
  if (!fair.ok) return fair
  const hour = lotHour(windowStart)
  const seed = ids.hex(seedBytes)
  await lots.open({ station, hour, seed, seedHash: hash(seed), now })
  const own = { driver, vehicle: vehicle.id, plate: vehicle.plate, grams }
  const entry: LotEntry = { id: ids.uuid(), station, hour, windowStart, ...own }
  return (await lots.enter(entry, now)) ? ok(entry) : err(refusal('lot_entered'))
}

const lotsPerRun = 20
/** The draw is due an hour after the hour's first window opened (rolling-share.ts). */
const drawnAhead = hours(23)

/**
 * Draws what is due. The order follows from the seed alone, each winner is sold a window under the
 * entry's own key, and results are written once: a draw that broke off, or runs in two processes at
 * once, comes to the same, and everybody is told once. Returns how many won.
 */
export async function drawLots(deps: LotDeps): Promise<number> {
  const { lots, clock } = deps
  const due = await lots.due(after(clock.now(), drawnAhead), lotsPerRun)
  let won = 0
  for (const lot of due) won += await drawLot(deps, lot)
  return won
}

/** The page shows it longer; by then a text that nobody could send tells nobody anything new. */
const toldWithin = hours(3)

async function drawLot(deps: LotDeps, { station, hour, seed }: DueLot): Promise<number> {
  const { lots, clock, hash, ids } = deps
  const ordered = drawOrder(seed, await lots.entries({ station, hour }), hash)
  let won = 0
  for (const [at, entry] of ordered.entries()) {
    if (entry.drawn) continue
    const result = await sellTo(deps, entry)
    const now = clock.now()
    const message = { id: ids.uuid(), expiresAt: after(now, toldWithin), now }
    const settled = await lots.settle(entry.id, { place: at + 1, result, message })
    if (settled && result.kind === 'won') won += 1
  }
  await lots.finish({ station, hour }, clock.now())
  return won
}

/** The wished window, or the nearest of the hour with room in the lot's share. */
async function sellTo(deps: LotDeps, entry: LotEntry): Promise<LotResult> {
  const { station, driver, grams, id } = entry
  const vehicle = await deps.drivers.vehicle(driver, entry.vehicle)
  if (vehicle === undefined) return { kind: 'refused', code: 'vehicle_unknown' }
  const own = { station, driver, grams, vehicle }
  const how = { channel: 'app', hold: false, lot: true, requestKey: `lot:${id}` } as const
  for (const windowStart of windowsOfLot(entry.windowStart)) {
    const sold = await makeBooking(deps, { ...own, ...how, windowStart })
    if (sold.ok) return { kind: 'won', booking: sold.value.id }
    const { code } = sold.error
    if (code !== 'window_full') return { kind: 'refused', code }
  }
  return { kind: 'lost' }
}
