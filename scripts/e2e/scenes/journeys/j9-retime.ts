import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { Booking } from '@baari/shared/contracts/http/cloud-api'
import { istClockText } from '@baari/shared/units/ist-calendar'
import { instant } from '@baari/shared/units/time'
import type { Page } from 'playwright-core'
import { knownBooking } from '../../../clients/known-booking.ts'
import { signInAtNode } from '../../../clients/node-caller.ts'
import { present } from '@baari/shared/faults/assert'
import { chromiumMissing } from '../../browser.ts'
import { bookingOnPage } from '../../people/driver.ts'
import { phoneWithTicket, pictureMessages, smsDelivered } from '../../people/phone.ts'
import { startSceneWorld, type SceneWorld } from '../../scene-world.ts'
import type { Scene, SceneContext } from '../../scene.ts'
import { until } from '../../until.ts'

const number = '9825012399'
const plate = 'GJ01AB1234'
/** An offer is answered within three minutes of its receipt. */
const fromReceiptMs = 180_000

/** J9: late in traffic, a later window is offered by SMS and taken; the station follows. */
export const scene: Scene = {
  name: 'j9-retime',
  shows: 'running late: a later window offered by SMS, taken on the phone, followed by the station',
  missing: chromiumMissing,
  async run(context) {
    const at = await startSceneWorld(context, { flowGramsPerSecond: 600 })
    context.step('Priya books the nearest window')
    const { page, booking } = await phoneWithTicket(context, at, { number, plate })
    const ledger = join(context.folder, 'world/edge/ledger.db')
    await until(() => knownBooking(ledger, booking.id), { what: 'the station knows the booking' })
    await offered(context, at, page)
    const moved = await accepted(context, page, booking)
    await atTheStation(context, at, { ledger, booking, moved })
  },
}

async function offered(context: SceneContext, at: SceneWorld, page: Page): Promise<void> {
  context.step('she says that she is 20 minutes late; a later window is offered')
  await page.getByRole('button', { name: 'Running late' }).click()
  await page.locator('.sure .chip').first().click()
  await page.locator('.offer').waitFor()
  await context.picture(page, 'phone-offer')
  const { retime, windowStartMs } = await bookingOnPage(page)
  assert(retime !== null && retime.windowStartMs > windowStartMs)
  context.step('the offer comes by SMS too, in one text with both times')
  const sms = await smsDelivered(at, number, /instead\?/)
  assert(sms.body.length <= 160)
  for (const ms of [windowStartMs, retime.windowStartMs]) {
    assert(sms.body.includes(istClockText(instant(ms))), sms.body)
  }
  context.note(sms.body)
  await pictureMessages(context, at, 'sms-offer')
  await until(
    async () => {
      const untilMs = (await bookingOnPage(page)).retime?.untilMs
      return untilMs !== undefined && untilMs <= Date.now() + fromReceiptMs
    },
    { what: 'three minutes from the receipt' },
  )
}

async function accepted(context: SceneContext, page: Page, booking: Booking): Promise<Booking> {
  context.step('she takes it; window, token and code move together')
  await page.locator('.offer .main').click()
  await page.locator('.offer').waitFor({ state: 'detached' })
  const moved = await bookingOnPage(page)
  assert(moved.windowStartMs > booking.windowStartMs)
  assert.notEqual(moved.token, booking.token)
  assert.notEqual(moved.code, booking.code)
  await page.locator('.ticket .qr').waitFor()
  await context.picture(page, 'phone-moved')
  return moved
}

type Followed = { readonly ledger: string; readonly booking: Booking; readonly moved: Booking }

async function atTheStation(
  context: SceneContext,
  at: SceneWorld,
  { ledger, booking, moved }: Followed,
): Promise<void> {
  context.step('the station follows; the first QR is good for nothing there any more')
  await until(() => (knownBooking(ledger, booking.id)?.rev ?? 0) > 1, {
    what: 'the station knows the next revision',
  })
  assert.equal(knownBooking(ledger, booking.id)?.windowStartMs, moved.windowStartMs)
  const attendant = present(at.world.secrets.attendants[0], 'an attendant')
  const node = await signInAtNode(at.kioskUrl, attendant)
  const view = await node.scan({ source: 'camera', lane: 1, text: booking.token ?? '' })
  assert.equal(view.verdict, 'REVOKED')
}
