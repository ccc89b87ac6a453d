import assert from 'node:assert/strict'
import { stationList } from '@baari/shared/contracts/http/cloud-api'
import type { SaleView } from '@baari/shared/contracts/live/station-view'
import { present } from '@baari/shared/faults/assert'
import { grams, kilogramText } from '@baari/shared/units/mass'
import { amountFor } from '@baari/shared/units/money'
import { demoPrice } from '../../../dev/world/seed.ts'
import { chromiumMissing } from '../../browser.ts'
import {
  closePosition,
  letVehicleFill,
  openPosition,
  positionIs,
  withSales,
} from '../../people/attendant.ts'
import { forecourtAt, type Forecourt } from '../../people/forecourt.ts'
import {
  callOf,
  calledTo,
  cellNow,
  fillCalled,
  screenPage,
  showAtLane,
  stationAtWork,
  walkInComes,
  type StationAtWork,
} from '../../people/station-at-work.ts'
import { startSceneWorld, type SceneWorld } from '../../scene-world.ts'
import type { Scene, SceneContext } from '../../scene.ts'
import { until } from '../../until.ts'

const plate = 'GJ01BB0005'
const wantsGrams = 6_000
const failsAtGrams = 2_100

/** J5: a dispenser fails in the midst of a fill; the vehicle goes on elsewhere, before the line. */
export const scene: Scene = {
  name: 'j5-dispenser-fails',
  shows: 'a dispenser fails at 2.1 of 6 kg: sold so far, gone on elsewhere; later it serves again',
  missing: chromiumMissing,
  async run(context) {
    const world = await startSceneWorld(context, { flowGramsPerSecond: 300 })
    const at = await stationAtWork(context, world)
    const hands = forecourtAt(world.controlUrl)
    context.step('two positions work; a booked vehicle and a walk-in stand there, two others wait')
    for (const no of [3, 4]) {
      await closePosition(at.kiosk, no)
      await positionIs(at.kiosk, no, 'closed')
    }
    await workingTold(world, 2)
    const broken = await lineStands(at)
    const before = await metersOf(hands)
    await failsMidFill(context, at, { hands, broken })
    await toldInCloud(context, world, { told: 1, picture: 'phone-one-works' })
    const part = await soldSoFar(context, at, { hands, broken })
    const rest = await goesOnElsewhere(context, at, { hands, broken })
    await paidOnce(context, at, [part, rest])
    const after = await metersOf(hands)
    assert.equal(
      part.grams + rest.grams,
      after - before - otherGrams,
      'sold is what the meters say',
    )
    await capacityReturns(context, world, { at, hands, broken })
  },
}

const otherGrams = 1_500

/** @returns where the booked vehicle is called to */
async function lineStands(at: StationAtWork): Promise<number> {
  const [booked] = await at.sold([{ plate, windowStart: cellNow() }])
  const { verdict } = await showAtLane(at, 1, present(booked, 'a booking').token)
  assert.equal(verdict, 'ADMIT')
  const broken = (await callOf(at, plate)).no
  for (const no of [1, 2, 3]) await walkInComes(at, `GJ01WA000${no}`)
  await callOf(at, 'GJ01WA0001')
  return broken
}

type Broken = { readonly hands: Forecourt; readonly broken: number }

async function failsMidFill(context: SceneContext, at: StationAtWork, { hands, broken }: Broken) {
  context.step(`the dispenser at ${broken} fails at 2.1 kg`)
  await startFilling(at, hands, { no: broken, grams: wantsGrams })
  await hands.hasFlowed(broken, failsAtGrams)
  await hands.breaksDown(broken)
  await positionIs(at.kiosk, broken, 'fault')
  await context.picture(at.kiosk, 'kiosk-failed')
  context.step('the attendant takes it out of service')
  await closePosition(at.kiosk, broken)
}

async function soldSoFar(
  context: SceneContext,
  at: StationAtWork,
  { hands, broken }: Broken,
): Promise<SaleView> {
  context.step('it can be read again: the sale is closed at what flowed, the token lives')
  await hands.worksAgain(broken)
  await hands.hangUp(broken)
  await hands.vehicleLeaves(broken)
  const part = await saleAt(at, broken)
  assert(part.grams >= failsAtGrams && part.grams < wantsGrams, `${part.grams} g`)
  await context.picture(at.kiosk, 'kiosk-sold-so-far')
  context.note(`${part.grams} g sold at ${broken}, ${part.amountPaise} paise`)
  return part
}

async function goesOnElsewhere(
  context: SceneContext,
  at: StationAtWork,
  { hands, broken }: Broken,
): Promise<SaleView> {
  context.step('the other position gets free: it is called before those who waited')
  const first = present((await callOf(at, 'GJ01WA0001')).ticket, 'the walk-in')
  await fillCalled(at, first, otherGrams)
  const place = await callOf(at, plate)
  assert.notEqual(place.no, broken)
  assert.equal(place.reason?.step, 'head-of-line')
  assert.equal(at.feed.view()?.next.length, 2, 'two who came before still wait')
  await context.picture(at.kiosk, 'kiosk-head-of-line')
  const known = new Set(at.feed.view()?.sales.map(({ fill }) => fill))
  const rest = wantsGrams - failsAtGrams
  await startFilling(at, hands, { no: place.no, grams: rest })
  await hands.hasFlowed(place.no, rest)
  await hands.hangUp(place.no)
  await hands.vehicleLeaves(place.no)
  return saleAt(at, place.no, known)
}

/** Both parts are sales of one booking, each at its grams, each collected once. */
async function paidOnce(context: SceneContext, at: StationAtWork, sales: readonly SaleView[]) {
  context.step('what was filled here and there is paid once each')
  await withSales(at.kiosk, async () => {
    for (const { fill, grams: gas, amountPaise } of sales) {
      assert.equal(amountPaise, amountFor(grams(gas), demoPrice))
      const row = at.kiosk.locator(`[data-fill="${fill}"]`)
      await row.locator('.pay .touch').first().click()
      await row.locator('.pay .touch').first().waitFor({ state: 'detached' })
    }
    await context.picture(at.kiosk, 'kiosk-both-paid')
  })
  const gas = sales.reduce((sum, sale) => sum + sale.grams, 0)
  context.note(`${kilogramText(grams(gas), 3)} kg in ${sales.length} sales`)
}

/** Nobody touches anything: two good readings in a row, and the place serves again. */
async function capacityReturns(
  context: SceneContext,
  world: SceneWorld,
  { at, hands, broken }: Broken & { readonly at: StationAtWork },
): Promise<void> {
  context.step('back in service, it fails again while the next vehicle is called to it')
  await openPosition(at.kiosk, broken)
  await positionIs(at.kiosk, broken, 'called')
  await workingTold(world, 2)
  await hands.breaksDown(broken)
  await positionIs(at.kiosk, broken, 'fault')
  await context.picture(at.kiosk, 'kiosk-failed-again')
  await workingTold(world, 1)
  context.step('it says that it is well: two good readings, and it serves again by itself')
  await hands.worksAgain(broken)
  await positionIs(at.kiosk, broken, 'called')
  await context.picture(at.kiosk, 'kiosk-serves-again')
  await toldInCloud(context, world, { told: 2, picture: 'phone-both-work' })
  await fillCalled(at, await calledTo(at, broken), otherGrams)
}

async function toldInCloud(
  context: SceneContext,
  world: SceneWorld,
  { told, picture }: { readonly told: number; readonly picture: string },
): Promise<void> {
  const since = performance.now()
  await workingTold(world, told)
  context.note(`the cloud counts ${told} after ${Math.round((performance.now() - since) / 1000)} s`)
  const phone = await screenPage(context, world.cloudUrl, { width: 360, height: 640 })
  await phone.locator('main section .card').first().waitFor()
  await context.picture(phone, picture)
  await phone.locator('.top .link').last().click()
  await context.picture(phone, `${picture}-hindi`)
}

/** Waits until the cloud tells drivers of so many working positions. */
function workingTold({ cloudUrl }: SceneWorld, wanted: number): Promise<number> {
  const what = `the cloud tells of ${wanted} working positions`
  return until(
    async () => {
      const answer = await fetch(`${cloudUrl}/v1/stations`)
      const [station] = stationList.parse(await answer.json()).stations
      return station?.live.positions?.working === wanted ? wanted : undefined
    },
    { what, withinMs: 180_000 },
  )
}

type Started = { readonly no: number; readonly grams: number }

async function startFilling(at: StationAtWork, hands: Forecourt, { no, grams: gas }: Started) {
  await hands.vehicleArrives(no, gas)
  await letVehicleFill(at.kiosk, no)
  await positionIs(at.kiosk, no, 'authorised', 'filling')
  await hands.liftNozzle(no)
}

function saleAt(
  { feed }: StationAtWork,
  no: number,
  known: ReadonlySet<string> = new Set(),
): Promise<SaleView> {
  return until(
    () => feed.view()?.sales.find(({ position, fill }) => position === no && !known.has(fill)),
    { what: `a sale at position ${no}` },
  )
}

async function metersOf(hands: Forecourt): Promise<number> {
  const places = await Promise.all([1, 2, 3, 4].map((no) => hands.place(no)))
  return places.reduce((sum, { totaliserGrams }) => sum + totaliserGrams, 0)
}
