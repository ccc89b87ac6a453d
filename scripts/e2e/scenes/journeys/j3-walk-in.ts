import assert from 'node:assert/strict'
import { istClockText, slotMs } from '@baari/shared/units/ist-calendar'
import { instant } from '@baari/shared/units/time'
import { chromiumMissing } from '../../browser.ts'
import {
  askWhy,
  changeKioskLanguage,
  closePosition,
  enterDetails,
  giveWalkInNumber,
  isBackInLane,
  positionIs,
  skipMissing,
} from '../../people/attendant.ts'
import {
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

/** The one position that works: so that there is a line, and its order can be seen. */
const position = 1
const kavitaPlate = 'GJ05KA2222'
const plates = { before: 'GJ01WA0001', booked: 'GJ01BB0001', early: 'GJ01EE0040' } as const
const after = [3, 4, 5, 6, 7].map((n) => `GJ01WA000${n}`)
const fortyMinutes = 8 * slotMs

/** J3: a number, why a booked vehicle goes first, an early one that does not, a call missed. */
export const scene: Scene = {
  name: 'j3-walk-in',
  shows: 'a walk-in: number and wait, why a booked one went first, a call missed and made again',
  missing: chromiumMissing,
  async run(context) {
    const world = await startSceneWorld(context, { flowGramsPerSecond: 600 })
    const at = await stationAtWork(context, world)
    context.step('three positions are out of service; a vehicle stands at the fourth')
    for (const no of [2, 3, 4]) {
      await closePosition(at.kiosk, no)
      await positionIs(at.kiosk, no, 'closed')
    }
    await walkInComes(at, plates.before)
    const first = await calledTo(at, position)
    const kavita = await kavitaComes(context, world, at)
    await bookedOnesCome(context, at)
    await fillCalled(at, first)
    await askedWhy(context, at, kavita)
    await herCall(context, { ...at, kioskUrl: world.kioskUrl }, kavita)
    await missed(context, at, kavita)
  },
}

/** Her number and the wait that is quoted, on the kiosk and on the board for everybody. */
async function kavitaComes(
  context: SceneContext,
  { kioskUrl }: SceneWorld,
  { kiosk }: StationAtWork,
): Promise<string> {
  context.step('Kavita comes without a booking and gets a number and a wait')
  const board = await screenPage(context, `${kioskUrl}/board.html?lang=en`, boardSize)
  const kavita = await giveWalkInNumber(kiosk, 0, () => context.picture(kiosk, 'kiosk-number'))
  await enterDetails(kiosk, { plate: kavitaPlate, retest: '31122028' })
  await board.locator('.public-next li', { hasText: kavita }).waitFor()
  const wait = await board.locator('.public-wait').innerText()
  assert.match(wait, /\d+/)
  context.note(`${kavita}; the board says: ${wait}`)
  await context.picture(board, 'board-waiting')
  await board.goto(`${kioskUrl}/board.html?lang=hi`)
  await board.locator('.public-next li', { hasText: kavita }).waitFor()
  await context.picture(board, 'board-waiting-hindi')
  return kavita
}

async function bookedOnesCome(context: SceneContext, at: StationAtWork): Promise<void> {
  context.step('a booked vehicle comes in its window, another forty minutes early')
  const now = cellNow()
  const [booked, early] = await at.sold([
    { plate: plates.booked, windowStart: now },
    { plate: plates.early, windowStart: instant(now + fortyMinutes) },
  ])
  assert(booked !== undefined && early !== undefined)
  assert.equal((await showAtLane(at, 1, booked.token)).verdict, 'ADMIT')
  const scan = await showAtLane(at, 1, early.token)
  assert.equal(scan.verdict, 'TOO_EARLY')
  assert.equal(scan.ticket?.state, 'standby')
  await context.picture(at.kiosk, 'kiosk-too-early')
}

async function askedWhy(context: SceneContext, at: StationAtWork, kavita: string): Promise<void> {
  context.step('the booked one is called before her; she asks why')
  const booked = await calledTo(at, position)
  assert.equal(booked.plate, plates.booked)
  assert(booked.windowStartMs !== null)
  const window = istClockText(instant(booked.windowStartMs))
  await askWhy(at.kiosk, kavita, async (told) => {
    for (const said of [booked.label, window, '2 booked, then one walk-in']) {
      assert(told.includes(said), `"${said}" in "${told}"`)
    }
    await context.picture(at.kiosk, 'kiosk-why')
  })
  await changeKioskLanguage(at.kiosk)
  await askWhy(at.kiosk, kavita, async (told) => {
    assert(told.includes(window) && !told.includes('booked'), told)
    await context.picture(at.kiosk, 'kiosk-why-hindi')
  })
  await changeKioskLanguage(at.kiosk)
  await fillCalled(at, booked)
}

async function herCall(
  context: SceneContext,
  at: StationAtWork & Pick<SceneWorld, 'kioskUrl'>,
  kavita: string,
): Promise<void> {
  context.step('her turn: the one that is forty minutes early has not overtaken her')
  const called = await calledTo(at, position)
  assert.equal(called.label, kavita)
  const early = at.feed.view()?.next.find(({ plate }) => plate === plates.early)
  assert.equal(early?.state, 'standby', 'the early one still waits')
  await context.picture(at.kiosk, 'kiosk-her-call')
  const lane = await screenPage(context, `${at.kioskUrl}/lane/${position}?lang=hi`, laneSize)
  await lane.locator('.lane[data-says="called"] .lane-label', { hasText: kavita }).waitFor()
  await context.picture(lane, 'lane-her-call-hindi')
}

/**
 * Called, not there, back in the lane: two others go first though more wait, then she. Not there
 * again: three others, then she, before the last.
 */
async function missed(context: SceneContext, at: StationAtWork, kavita: string): Promise<void> {
  context.step('she is not there, and comes back: the next two go first, then she is called again')
  for (const plate of after) await walkInComes(at, plate)
  const [first, second, third, fourth] = after
  await missesAndComesBack(context, at, kavita)
  assert.deepEqual(await filledBefore(at, kavita), [plates.early, first])
  await context.picture(at.kiosk, 'kiosk-called-again')
  context.step('she misses that too: three go first, and one that came later stays behind her')
  await missesAndComesBack(context, at, kavita)
  assert.deepEqual(await filledBefore(at, kavita), [second, third, fourth])
  context.step('now she is there, and is filled')
  await fillCalled(at, await calledTo(at, position))
  const sale = await until(
    () => at.feed.view()?.sales.find(({ label, flag }) => label === kavita && flag === 'none'),
    { what: 'her sale' },
  )
  assert(sale.grams > 0)
  context.note(`${kavita}: ${sale.grams} g, ${sale.amountPaise} paise`)
  assert.equal((await calledTo(at, position)).plate, after.at(-1))
}

async function missesAndComesBack(
  context: SceneContext,
  { kiosk, feed }: StationAtWork,
  kavita: string,
): Promise<void> {
  await skipMissing(kiosk, kavita)
  await until(() => feed.view()?.missed.some(({ label }) => label === kavita), {
    what: `${kavita} among those who missed their call`,
  })
  await isBackInLane(kiosk, kavita, () => context.picture(kiosk, 'kiosk-back-in-lane'))
}

/** Fills whoever is called until it is `label`; the plates of those who went first. */
async function filledBefore(at: StationAtWork, label: string): Promise<readonly string[]> {
  const before: string[] = []
  while (before.length < mostBefore) {
    const called = await calledTo(at, position)
    if (called.label === label) return before
    before.push(called.plate ?? called.label)
    await fillCalled(at, called)
  }
  throw new Error(`${label} is not called again: ${before.join(', ')} went first`)
}

const mostBefore = 4
const laneSize = { width: 800, height: 480 }
const boardSize = { width: 1280, height: 800 }
