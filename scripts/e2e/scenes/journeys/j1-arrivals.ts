import assert from 'node:assert/strict'
import { present } from '@baari/shared/faults/assert'
import { slotMs } from '@baari/shared/units/ist-calendar'
import { instant } from '@baari/shared/units/time'
import { chromiumMissing } from '../../browser.ts'
import { changeKioskLanguage } from '../../people/attendant.ts'
import {
  callOf,
  cellNow,
  fillCalled,
  showAtLane,
  stationAtWork,
  type StationAtWork,
} from '../../people/station-at-work.ts'
import { startSceneWorld } from '../../scene-world.ts'
import type { Scene, SceneContext } from '../../scene.ts'
import { until } from '../../until.ts'

const quarterHour = 3 * slotMs
/** Of the four kilograms booked; after less the token would live for the rest. */
const moreThanHalf = 3_000

/** J1 (c), (d), (e): late, a screenshot at another auto, one QR at two readers in the same moment. */
export const scene: Scene = {
  name: 'j1-arrivals',
  shows: 'a late one is not refused; a screenshot is taken back; one QR at two lanes counts once',
  missing: chromiumMissing,
  async run(context) {
    const world = await startSceneWorld(context, { flowGramsPerSecond: 600 })
    const at = await stationAtWork(context, world)
    await late(context, at)
    await screenshot(context, at)
    await twoReaders(context, at)
  },
}

async function late(context: SceneContext, at: StationAtWork): Promise<void> {
  context.step('(c) a quarter of an hour after its window began: late, not refused')
  const plate = 'GJ01LA0001'
  const [sold] = await at.sold([{ plate, windowStart: instant(cellNow() - quarterHour) }])
  const scan = await showAtLane(at, 1, present(sold, 'a booking').token)
  assert.equal(scan.verdict, 'LATE')
  assert.notEqual(scan.signal, 'stop')
  await context.picture(at.kiosk, 'kiosk-late')
  await changeKioskLanguage(at.kiosk)
  await context.picture(at.kiosk, 'kiosk-late-hindi')
  await changeKioskLanguage(at.kiosk)
  await fillCalled(at, present((await callOf(at, plate)).ticket, 'the late one'))
}

/** No camera reads plates: the attendant compares the plate on the screen, and takes the scan back. */
async function screenshot(context: SceneContext, at: StationAtWork): Promise<void> {
  context.step('(d) a screenshot at another auto: the screen shows whose it is, the scan is undone')
  const plate = 'GJ01SC0001'
  const [sold] = await at.sold([{ plate, windowStart: cellNow() }])
  const { token } = present(sold, 'a booking')
  const scan = await showAtLane(at, 1, token)
  assert.equal(scan.ticket?.plate, plate)
  await at.kiosk.locator('.scan-plate', { hasText: plate }).waitFor()
  await context.picture(at.kiosk, 'kiosk-whose-plate')
  await at.kiosk.locator('.scan .touch.quiet').click()
  await until(() => at.feed.view()?.positions.every(({ ticket }) => ticket?.plate !== plate), {
    what: 'the call is taken back',
  })
  context.step('(d) its owner comes, and is admitted')
  assert.equal((await showAtLane(at, 2, token)).verdict, 'ADMIT')
  await fillCalled(at, present((await callOf(at, plate)).ticket, 'its owner'))
}

async function twoReaders(context: SceneContext, at: StationAtWork): Promise<void> {
  context.step('(e) the same QR at both readers in the same moment')
  const plate = 'GJ01TW0001'
  const [sold] = await at.sold([{ plate, windowStart: cellNow() }])
  const { token } = present(sold, 'a booking')
  const before = at.feed.scans().length
  await at.forecourt.showAtLanes([1, 2], token)
  const scans = await until(
    () => {
      const fresh = at.feed.scans().slice(before)
      return fresh.length >= 2 ? fresh : undefined
    },
    { what: 'an answer at both lanes' },
  )
  const verdicts = scans.map(({ verdict }) => verdict)
  assert.deepEqual(verdicts.toSorted(), ['ADMIT', 'PRESENT'])
  const admitted = present(
    scans.find(({ verdict }) => verdict === 'ADMIT'),
    'one admitted',
  )
  const present2 = present(
    scans.find(({ verdict }) => verdict === 'PRESENT'),
    'one present',
  )
  assert.equal(present2.facts['lane'], admitted.lane, 'the other is told where it was shown')
  context.note(`lane ${admitted.lane} ADMIT, lane ${present2.lane} PRESENT`)
  await context.picture(at.kiosk, 'kiosk-two-lanes')
  context.step('(e) after the gas, held before the camera: used')
  const admittedTicket = present((await callOf(at, plate)).ticket, 'the admitted one')
  await fillCalled(at, admittedTicket, moreThanHalf)
  const again = await at.node.scan({ source: 'camera', lane: 1, text: token })
  assert.equal(again.verdict, 'USED')
  await at.kiosk.locator('.scan h2', { hasText: 'Already used' }).waitFor()
  await context.picture(at.kiosk, 'kiosk-used')
}
