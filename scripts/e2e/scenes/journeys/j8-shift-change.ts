import assert from 'node:assert/strict'
import { present } from '@baari/shared/faults/assert'
import { demoStation } from '../../../dev/world/seed.ts'
import { chromiumMissing } from '../../browser.ts'
import {
  askWhy,
  boardShows,
  callOutOfTurn,
  changeKioskLanguage,
  closeShift,
  openShift,
  pressKeys,
  signInAttendant,
  signOutAttendant,
  withSales,
} from '../../people/attendant.ts'
import { equalChains } from '../../people/equal-chains.ts'
import { allLeave, placesToGive, untilSomeWait, wentOutOfTurn } from '../../people/full-station.ts'
import { operatorPage } from '../../people/operator-page.ts'
import { forecourtAt } from '../../people/forecourt.ts'
import {
  callOf,
  cellNow,
  fillCalled,
  showAtLane,
  stationAtWork,
  walkInComes,
  type StationAtWork,
} from '../../people/station-at-work.ts'
import { startSceneWorld, type SceneWorld } from '../../scene-world.ts'
import type { Scene, SceneContext } from '../../scene.ts'

const drawerRupees = 500
const shortRupees = 240
/** 179 and 358 rupees at 89.50 rupees a kilogram: whole ones, as the drawer is counted. */
const soldGrams = [2_000, 4_000] as const
const soldRupees = 537
/** Sold by hand at the dispenser, past every bill. */
const byHandGrams = 3_400
const byHandAt = 3

/** J8: a wrong scan taken back, vehicles forced and ranked, cash short, gas without a bill, the next one signs in without a line. */
export const scene: Scene = {
  name: 'j8-shift-change',
  shows:
    'a wrong scan undone, two forced and ranked, cash 240 short, 3.4 kg without a bill; the next signs in offline',
  missing: chromiumMissing,
  async run(context) {
    const world = await startSceneWorld(context, { flowGramsPerSecond: 600 })
    const at = await stationAtWork(context, world, { cashRupees: drawerRupees })
    await wrongScan(context, at)
    await twoSales(context, at)
    await twoForced(context, world, at)
    await soldByHand(context, world, at)
    context.step('the line to the cloud is gone; the first attendant counts and closes')
    await world.world.parts.cloud.stop()
    await boardShows(at.kiosk, ({ link }) => !link.up || undefined, 'the line is gone')
    await closesShort(context, at)
    await nextSignsIn(context, world, at)
    context.step('the cloud is back: it has the same chain, so nobody has edited the log')
    await world.world.startCloud()
    for (const { name, node } of await equalChains(at, world)) context.note(`${name}: ${node}`)
    await rankedByAttendant(context, world)
  },
}

const forcedPlates = ['GJ01WF0001', 'GJ01WF0002', 'GJ01WF0003'] as const

/** Two by the first attendant at the kiosk, one by the second from another screen. */
async function twoForced(
  context: SceneContext,
  { world }: SceneWorld,
  at: StationAtWork,
): Promise<void> {
  context.step(
    'every position is called to; two vehicles are forced with reason, and one by another',
  )
  const waiting = await untilSomeWait(at, forcedPlates)
  const manager = present(
    world.secrets.attendants.find(({ role }) => role === 'manager'),
    'a manager',
  )
  const places = placesToGive(at).map(({ no }) => no)
  for (const [index, reason] of ['Patient', 'Breakdown'].entries()) {
    const { label } = present(waiting[index], 'a vehicle in line')
    const position = present(places[index], 'a position to give')
    const asked = { label, position, reason, managerPin: manager.pin }
    await callOutOfTurn(at.kiosk, asked, () => context.picture(at.kiosk, `kiosk-forced-${index}`))
    await boardShows(at.kiosk, (view) => wentOutOfTurn(view, position), `${label} out of turn`)
  }
  await context.picture(at.kiosk, 'kiosk-two-forced')
  const last = present(waiting[2], 'a third vehicle')
  await at.node.callOutOfTurn(last.id, {
    position: present(places[2], 'a third position'),
    reason: 'supply_vehicle',
    managerPin: manager.pin,
  })
  const passed = await boardShows(at.kiosk, ({ next }) => next[0], 'who was displaced')
  await askWhy(at.kiosk, passed.label, async (told) => {
    assert(told.includes('out of turn: Patient'), told)
    assert(told.includes('out of turn: Breakdown'), told)
    await context.picture(at.kiosk, 'kiosk-why-forced')
  })
  await allLeave(at)
}

async function rankedByAttendant(context: SceneContext, at: SceneWorld): Promise<void> {
  context.step('head office sees who forced how many, and why')
  const page = await operatorPage(context, at, 'outOfTurn')
  await page.locator('.turns tbody tr').nth(2).waitFor()
  const rows = await page.locator('.ranking').last().locator('tbody tr').allInnerTexts()
  const [first, second] = at.world.secrets.attendants
  assert.deepEqual(
    rows.map((row) => row.replaceAll(/\s+/g, ' ')),
    [`${first?.name} · ${demoStation.no} 2 –`, `${second?.name} · ${demoStation.no} 1 –`],
  )
  await context.picture(page, 'dashboard-ranked')
}

async function wrongScan(context: SceneContext, at: StationAtWork): Promise<void> {
  context.step('a wrong phone is scanned; the attendant takes it back within the minute')
  const [sold] = await at.sold([{ plate: 'GJ01BB0008', windowStart: cellNow() }])
  const { token } = present(sold, 'a booking')
  const { ticket, verdict } = await showAtLane(at, 1, token)
  assert.equal(verdict, 'ADMIT')
  const undo = at.kiosk.locator('.scan .touch.quiet')
  await undo.waitFor()
  await context.picture(at.kiosk, 'kiosk-undo')
  await undo.click()
  const stands = (id: string | undefined): boolean =>
    [
      ...(at.feed.view()?.next ?? []),
      ...(at.feed.view()?.positions ?? []).map((p) => p.ticket),
    ].some((one) => one?.id === id)
  await boardShows(at.kiosk, () => !stands(ticket?.id) || undefined, 'the scan is taken back')
  assert.equal((await showAtLane(at, 2, token)).verdict, 'ADMIT', 'its use is free again')
}

async function twoSales(context: SceneContext, at: StationAtWork): Promise<void> {
  context.step('two vehicles are filled and pay cash')
  for (const [index, gas] of soldGrams.entries()) {
    const plate = `GJ01WA000${index + 1}`
    await walkInComes(at, plate)
    await fillCalled(at, present((await callOf(at, plate)).ticket, 'a vehicle'), gas)
  }
  await withSales(at.kiosk, async () => {
    const due = at.kiosk.locator('.sales .pay .touch')
    for (let left = soldGrams.length; left > 0; left -= 1) {
      await due.first().click()
      await due.nth(2 * (left - 1)).waitFor({ state: 'detached' })
    }
    await context.picture(at.kiosk, 'kiosk-cash-taken')
  })
}

async function soldByHand(context: SceneContext, { controlUrl }: SceneWorld, at: StationAtWork) {
  context.step(`at position ${byHandAt} 3.4 kg are sold by hand, past the node`)
  const hands = forecourtAt(controlUrl)
  await at.forecourt.sellsByHand(byHandAt, true)
  await hands.vehicleArrives(byHandAt, byHandGrams)
  await hands.liftNozzle(byHandAt)
  await hands.hasFlowed(byHandAt, byHandGrams)
  await hands.hangUp(byHandAt)
  await hands.vehicleLeaves(byHandAt)
  await at.forecourt.sellsByHand(byHandAt, false)
  const sale = await boardShows(
    at.kiosk,
    ({ sales }) => sales.find(({ flag, grams }) => flag === 'orphan' && grams === byHandGrams),
    'the gas that nobody authorised',
  )
  assert.equal(sale.position, byHandAt)
}

async function closesShort(context: SceneContext, at: StationAtWork): Promise<void> {
  const counted = drawerRupees + soldRupees - shortRupees
  await closeShift(at.kiosk, counted, async (told) => {
    assert(told.includes(`-${shortRupees}.00`), told)
    assert(told.includes('3.400'), told)
    await context.picture(at.kiosk, 'kiosk-short')
  })
  context.note(`counted ${counted}, expected ${drawerRupees + soldRupees}`)
}

async function nextSignsIn(context: SceneContext, { world }: SceneWorld, at: StationAtWork) {
  context.step('the next attendant signs in without a line; a wrong PIN first')
  const next = present(world.secrets.attendants[1], 'a second attendant')
  await signOutAttendant(at.kiosk)
  await at.kiosk.locator('.people button', { hasText: next.name }).click()
  await pressKeys(at.kiosk, next.pin === '0000' ? '1111' : '0000')
  await at.kiosk.locator('.problem', { hasText: /[A-Za-z]/ }).waitFor()
  await context.picture(at.kiosk, 'kiosk-wrong-pin')
  await at.kiosk.keyboard.press('Escape')
  await signInAttendant(at.kiosk, next)
  await openShift(at.kiosk, drawerRupees + soldRupees - shortRupees)
  await boardShows(
    at.kiosk,
    ({ shift, link }) => (shift?.attendant === next.name && !link.up) || undefined,
    'the shift of the second attendant, without a line',
  )
  await changeKioskLanguage(at.kiosk)
  await context.picture(at.kiosk, 'kiosk-next-hindi')
  await changeKioskLanguage(at.kiosk)
}
