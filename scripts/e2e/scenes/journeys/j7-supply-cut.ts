import assert from 'node:assert/strict'
import { supplyCut, windowList } from '@baari/shared/contracts/http/cloud-api'
import { kioskWindows } from '@baari/shared/contracts/http/edge-api'
import { istClockText } from '@baari/shared/units/ist-calendar'
import { instant } from '@baari/shared/units/time'
import { anyBody, jsonCaller } from '../../../clients/json-caller.ts'
import { demoStation } from '../../../dev/world/seed.ts'
import { chromiumMissing } from '../../browser.ts'
import { bookingOnPage } from '../../people/driver.ts'
import { phoneWithTicket, pictureMessages, smsDelivered } from '../../people/phone.ts'
import { boardShows, enterDetails, giveWalkInNumber } from '../../people/attendant.ts'
import { stationAtWork } from '../../people/station-at-work.ts'
import { startSceneWorld, type SceneWorld } from '../../scene-world.ts'
import type { Scene, SceneContext } from '../../scene.ts'

const number = '9825012377'
const plate = 'GJ01EF9012'
const walkInPlate = 'GJ05KA3333'
const cutMs = 3_600_000

/** J7: no gas for an hour. Nothing of it is sold, and who booked is told by SMS and asked to move. */
export const scene: Scene = {
  name: 'j7-supply-cut',
  shows: 'no gas for an hour: no window of it is sold, who booked is told by SMS and may move',
  missing: chromiumMissing,
  async run(context) {
    const at = await startSceneWorld(context, { flowGramsPerSecond: 600 })
    context.step('a driver books the nearest window')
    const { page, booking } = await phoneWithTicket(context, at, { number, plate })
    context.step('head office declares: no gas for an hour')
    const office = jsonCaller({ baseUrl: at.cloudUrl })
    const { email, password } = at.world.secrets.operator
    await office.post('/v1/operator/sign-in', { email, password }, anyBody)
    const cutPath = `/v1/stations/${demoStation.no}/supply-cut`
    const cut = await office.post(cutPath, { untilMs: Date.now() + cutMs }, supplyCut)
    context.step('no window of the cut is sold')
    const sold = await openWindows(at)
    assert.deepEqual(
      sold.filter((startMs) => startMs < cut.untilMs),
      [],
    )
    await kioskSellsNone(context, at, cut.untilMs)
    context.step('the next wave tells the driver')
    const sms = await smsDelivered(at, number, /no gas/)
    assert(sms.body.length <= 160)
    context.note(sms.body)
    await pictureMessages(context, at, 'sms-no-gas')
    context.step('a window after the cut is offered; the driver takes it')
    await page.reload()
    await page.locator('.offer').waitFor()
    await context.picture(page, 'phone-no-gas')
    await page.locator('.offer .main').click()
    await page.locator('.offer').waitFor({ state: 'detached' })
    const moved = await bookingOnPage(page)
    assert(booking.windowStartMs < cut.untilMs && moved.windowStartMs >= cut.untilMs)
    await context.picture(page, 'phone-moved')
    context.step('declared again it is the same incident')
    const again = await office.post(cutPath, { untilMs: cut.untilMs }, supplyCut)
    assert.equal(again.id, cut.id)
  },
}

/** The station has heard of the cut: its kiosk sells nothing of it, and gives numbers all the same. */
async function kioskSellsNone(
  context: SceneContext,
  at: SceneWorld,
  untilMs: number,
): Promise<void> {
  context.step('the kiosk sells none of it either; a walk-in gets a number and reads until when')
  const { kiosk } = await stationAtWork(context, at)
  await boardShows(kiosk, (view) => view.cutUntilMs === untilMs || undefined, 'the cut')
  const answer: unknown = await kiosk.evaluate(async () =>
    (await fetch('/v1/windows?class=auto')).json(),
  )
  const { windows, cutUntilMs } = kioskWindows.parse(answer)
  assert.equal(cutUntilMs, untilMs)
  const open = windows.filter(({ state }) => state !== 'full')
  assert(open.length > 0 && open.every(({ startMs }) => startMs >= untilMs))
  const label = await giveWalkInNumber(kiosk, 0, async () => {
    const told = await kiosk.locator('.sheet').innerText()
    assert(told.includes(istClockText(instant(untilMs))), told)
    await context.picture(kiosk, 'kiosk-number-in-cut')
  })
  await enterDetails(kiosk, { plate: walkInPlate, retest: '31122028' })
  context.note(`${label} was given in the cut`)
  await context.picture(kiosk, 'kiosk-in-cut')
}

async function openWindows({ cloudUrl }: SceneWorld): Promise<readonly number[]> {
  const answer = await fetch(`${cloudUrl}/v1/stations/${demoStation.no}/windows?class=auto`)
  const { windows } = windowList.parse(await answer.json())
  return windows.filter(({ state }) => state !== 'full').map(({ startMs }) => startMs)
}
