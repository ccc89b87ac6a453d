import { join } from 'node:path'
import type { PositionView, ScanView, TicketView } from '@baari/shared/contracts/live/station-view'
import { present } from '@baari/shared/faults/assert'
import type { TicketId } from '@baari/shared/units/names'
import { slotStart } from '@baari/shared/units/ist-calendar'
import { instant, type Instant } from '@baari/shared/units/time'
import type { Page } from 'playwright-core'
import { fillVehicle, type FillParts } from '../../clients/fill-vehicle.ts'
import { forecourtCaller } from '../../clients/forecourt-caller.ts'
import { knownBooking } from '../../clients/known-booking.ts'
import { openLiveFeed } from '../../clients/live-feed.ts'
import { signInAtNode } from '../../clients/node-caller.ts'
import { seedBookings, type BookingSeed, type SeededBooking } from '../../clients/seed-bookings.ts'
import { tokenPress, type TokenPress } from '../../clients/token-press.ts'
import { startBrowser } from '../browser.ts'
import type { SceneContext } from '../scene.ts'
import type { SceneWorld } from '../scene-world.ts'
import { until } from '../until.ts'
import { boardShows, openShift, signInAttendant } from './attendant.ts'

/**
 * A station at work: the kiosk's screen for what the journey is about, and a second screen's session
 * for the vehicles that only have to be there.
 */
export type StationAtWork = FillParts & {
  readonly kiosk: Page
  readonly press: TokenPress
  /** Path of the node's own file, read beside it. */
  readonly ledger: string
  /** Sold an hour ago in the cloud's book; answered once the station has followed all of them. */
  sold(seeds: readonly BookingSeed[]): Promise<readonly SeededBooking[]>
}

/** The first attendant signs in at the kiosk and opens the shift; every position is free. */
export async function stationAtWork(
  context: SceneContext,
  at: SceneWorld,
  { cashRupees = 500 }: { readonly cashRupees?: number } = {},
): Promise<StationAtWork> {
  const [first, second] = at.world.secrets.attendants
  const kiosk = await screenPage(context, at.kioskUrl, { width: 1280, height: 800 })
  await signInAttendant(kiosk, present(first, 'an attendant'))
  await openShift(kiosk, cashRupees)
  const free = 'the link is up and all positions are free'
  await boardShows(
    kiosk,
    ({ link, positions }) =>
      (link.up && positions.every(({ state }) => state === 'free')) || undefined,
    free,
  )
  const node = await signInAtNode(at.kioskUrl, present(second, 'a second attendant'))
  const feed = await openLiveFeed(at.kioskUrl, node.cookie())
  context.atEnd(() => Promise.resolve(feed.close()))
  const ledger = join(context.folder, 'world/edge/ledger.db')
  const press = await tokenPress(join(context.folder, 'world/cloud'))
  return {
    ...{ kiosk, node, feed, press, ledger, forecourt: forecourtCaller(at.controlUrl) },
    async sold(seeds) {
      const sold = await seedBookings({ databaseUrl: at.world.databaseUrl, press }, seeds)
      await until(() => sold.every(({ id }) => knownBooking(ledger, id) !== undefined), {
        what: 'the station knows what was sold',
      })
      return sold
    },
  }
}

/** The screens after the node was stopped and started: the sessions of before hold. */
export async function afterRestart(
  context: SceneContext,
  at: StationAtWork,
  kioskUrl: string,
): Promise<StationAtWork> {
  at.feed.close()
  const feed = await openLiveFeed(kioskUrl, at.node.cookie())
  context.atEnd(() => Promise.resolve(feed.close()))
  await feed.until('the first view after the restart', (view) => view)
  return { ...at, feed }
}

/** The five-minute cell that is on. */
export const cellNow = (): Instant => slotStart(instant(Date.now()))

type ScreenSize = { readonly width: number; readonly height: number }

/** A fresh browser of this size on a page, pictured should the scene fail. */
export async function screenPage(
  context: SceneContext,
  url: string,
  size: ScreenSize,
): Promise<Page> {
  const browser = await startBrowser(size)
  context.atEnd(() => browser.close())
  const page = browser.context.pages()[0] ?? (await browser.context.newPage())
  context.watch(page)
  await page.goto(url)
  return page
}

/**
 * Holds a QR before a lane's reader, and gives what the screens then say. A reader that has just read
 * this code does not hear it again: a second showing goes to the other lane.
 */
export async function showAtLane(
  { feed, forecourt }: StationAtWork,
  lane: number,
  token: string,
): Promise<ScanView> {
  const before = feed.scans().length
  const heard = await forecourt.showCode(lane, token)
  if (!heard) throw new Error(`nobody listens at lane ${lane}`)
  return until(
    () =>
      feed
        .scans()
        .slice(before)
        .find((scan) => scan.lane === lane),
    {
      what: `an answer at lane ${lane}`,
    },
  )
}

/** A walk-in number from the second screen, with plate and cylinder date given at once. */
export async function walkInComes({ node }: StationAtWork, plate: string): Promise<TicketId> {
  const asked = { vehicleClass: 'auto', plate, retestValidUntil } as const
  return (await node.openWalkIn(asked)).ticket.id
}

/** Waits for whoever is called to this position. */
export function calledTo({ feed }: StationAtWork, position: number): Promise<TicketView> {
  return until(
    () => {
      const place = feed.view()?.positions.find(({ no }) => no === position)
      return place?.state === 'called' ? (place.ticket ?? undefined) : undefined
    },
    { what: `a call to position ${position}` },
  )
}

/** Waits for the call of this plate. */
export function callOf({ feed }: StationAtWork, plate: string): Promise<PositionView> {
  return until(
    () =>
      feed
        .view()
        ?.positions.find(({ state, ticket }) => state === 'called' && ticket?.plate === plate),
    { what: `a call of ${plate}` },
  )
}

/** The called vehicle is filled and drives off. */
export async function fillCalled(
  at: StationAtWork,
  ticket: TicketView,
  wantsGrams = usualGrams,
): Promise<void> {
  const plate = ticket.plate ?? 'GJ01ZZ0001'
  await fillVehicle(at, { ticket: ticket.id, wantsGrams, plate, retestValidUntil })
}

const retestValidUntil = '2031-03-31'
const usualGrams = 1_500
