// The function given to page.evaluate runs in the browser.
/// <reference lib="dom" />
import assert from 'node:assert/strict'
import {
  booking as bookingBody,
  driver as driverBody,
  windowList,
  type Booking,
} from '@baari/shared/contracts/http/cloud-api'
import { present } from '@baari/shared/faults/assert'
import { istClockText } from '@baari/shared/units/ist-calendar'
import { instant, minutes } from '@baari/shared/units/time'
import type { Page } from 'playwright-core'
import pg from 'pg'
import { demoStation } from '../../../dev/world/seed.ts'
import { chromiumMissing } from '../../browser.ts'
import { addVehicle, bookingOnPage } from '../../people/driver.ts'
import { phoneSignedIn } from '../../people/phone.ts'
import { startSceneWorld, type SceneWorld } from '../../scene-world.ts'
import type { Scene, SceneContext } from '../../scene.ts'
import { until } from '../../until.ts'

const number = '9825012388'
const plate = 'GJ01PC0001'
/** Far enough that it is still sold when the hold is over. */
const windowShown = 3
/** Three minutes in which the vendor may still answer, and a bound against hanging. */
const vendorPatienceMs = 2 * minutes(3)

/** J1 (b): a driver leaves in the middle. The hold ends, once, and its minutes are free again. */
export const scene: Scene = {
  name: 'j1-page-closed',
  shows:
    'a window kept while the driver pays: the page is closed, the hold ends, its place is free',
  missing: chromiumMissing,
  async run(context) {
    const world = await startSceneWorld(context, { flowGramsPerSecond: 600 })
    const book = await cloudBook(context, world)
    const { page, startMs } = await windowChosen(context, world)
    const free = await book.soldWork()
    const held = await holdTaken(context, page, startMs)
    assert.equal(await book.soldWork(), free + (await book.workOf(held.id)))
    context.step('the page is closed; ten minutes pass for the hold')
    await page.close()
    await book.endHold(held.id)
    await until(async () => (await book.stateOf(held.id)) === 'expiring', {
      what: 'the hold that ends',
    })
    assert(await book.isTaken(held.id), 'the place is kept while the vendor may still answer')
    context.step('three minutes later the hold is over and its minutes are free, once')
    await until(async () => (await book.stateOf(held.id)) === 'expired', {
      what: 'the hold that is over',
      withinMs: vendorPatienceMs,
    })
    assert.equal(await book.soldWork(), free)
    await comesBack(context, world, { startMs, before: held })
  },
}

type Chosen = { readonly page: Page; readonly startMs: number }

async function windowChosen(context: SceneContext, at: SceneWorld): Promise<Chosen> {
  context.step('a driver signs in and chooses a window')
  const page = await phoneSignedIn(context, at, number)
  await addVehicle(page, { classIndex: 0, plate, retestValidUntil: '2028-12-31' })
  await page.locator('.window').nth(windowShown).click()
  await context.picture(page, 'phone-chosen')
  const windows = await page.request.get(
    `${at.cloudUrl}/v1/stations/${demoStation.no}/windows?class=auto`,
  )
  const { windows: list } = windowList.parse(await windows.json())
  const open = list.filter(({ state }) => state !== 'full')
  return { page, startMs: present(open[windowShown], 'a window').startMs }
}

/** The page asks for no payment yet, so the hold is asked for with its own session. */
async function holdTaken(context: SceneContext, page: Page, startMs: number): Promise<Booking> {
  context.step('the payment begins: the window is kept for ten minutes')
  const me = driverBody.parse(
    await (await page.request.get(new URL('/v1/me', page.url()).href)).json(),
  )
  const wish = {
    station: demoStation.no,
    windowStartMs: startMs,
    vehicle: present(me.vehicles[0], 'a vehicle').id,
    grams: 4_000,
  }
  const answer: unknown = await page.evaluate(async (body) => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }
    const told = await fetch('/v1/holds', { method: 'POST', headers, body: JSON.stringify(body) })
    return told.json()
  }, wish)
  const held = bookingBody.parse(answer)
  assert.equal(held.state, 'held')
  assert.equal(held.token, null, 'nothing to show at the lane before it is paid')
  await page.evaluate((id) => (location.hash = `/ticket/${id}`), held.id)
  await page.locator('.ticket[data-state="held"]').waitFor()
  await context.picture(page, 'phone-held')
  return held
}

type Return = { readonly startMs: number; readonly before: Booking }

async function comesBack(
  context: SceneContext,
  at: SceneWorld,
  { startMs, before }: Return,
): Promise<void> {
  context.step('the driver comes back: no limit was spent, the same window is booked')
  const page = await phoneSignedIn(context, at, number)
  await page
    .locator('.window', { hasText: `${istClockText(instant(startMs))}-` })
    .first()
    .click()
  await page.locator('.bottom .main').click()
  await page.locator('.ticket .qr').waitFor()
  const booked = await bookingOnPage(page)
  assert.equal(booked.windowStartMs, startMs)
  assert.notEqual(booked.id, before.id)
  await context.picture(page, 'phone-booked-after')
}

/** What the cloud's own book says, read beside the running cloud. */
async function cloudBook(context: SceneContext, { world }: SceneWorld) {
  const pool = new pg.Pool({ connectionString: world.databaseUrl, max: 1 })
  context.atEnd(() => pool.end())
  const one = async (sql: string, values: readonly unknown[] = []): Promise<unknown> => {
    const { rows } = await pool.query<{ value: unknown }>(sql, [...values])
    return rows[0]?.value
  }
  return {
    soldWork: async () =>
      Number(
        await one('SELECT sum(sold_milli_minutes) AS value FROM slot_cell WHERE station_no = $1', [
          demoStation.no,
        ]),
      ),
    workOf: async (id: string) =>
      Number(await one('SELECT work_milli_minutes AS value FROM booking WHERE id = $1', [id])),
    stateOf: (id: string) => one('SELECT state AS value FROM booking WHERE id = $1', [id]),
    isTaken: async (id: string) =>
      Number(await one('SELECT count(*) AS value FROM booking_cell WHERE booking_id = $1', [id])) >
      0,
    /** The world has no other clock: the end of the hold is moved to now, and nothing else. */
    endHold: (id: string) =>
      pool.query('UPDATE booking SET hold_until_ms = $2 WHERE id = $1', [id, Date.now()]),
  }
}
