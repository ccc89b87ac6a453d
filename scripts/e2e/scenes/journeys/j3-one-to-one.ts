import assert from 'node:assert/strict'
import type { PositionView, StationView } from '@baari/shared/contracts/live/station-view'
import { present } from '@baari/shared/faults/assert'
import { hours, minutes } from '@baari/shared/units/time'
import { chromiumMissing } from '../../browser.ts'
import {
  askWhy,
  changeKioskLanguage,
  enterDetails,
  giveWalkInNumber,
  positionIs,
  withPosition,
} from '../../people/attendant.ts'
import { cameEarlier } from '../../people/earlier-arrivals.ts'
import { equalChains } from '../../people/equal-chains.ts'
import { forecourtAt } from '../../people/forecourt.ts'
import {
  afterRestart,
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

/** Where autos are filled. */
const positions = [1, 2, 3]
const dispensers = [...positions, 4]
const plates = {
  first: ['GJ01WA0001', 'GJ01WA0002', 'GJ01WA0003'],
  kavita: 'GJ05KA2222',
  after: ['GJ01WA0004', 'GJ01WA0005'],
  booked: ['GJ01BB0001', 'GJ01BB0002', 'GJ01BB0003', 'GJ01BB0004'],
} as const
/** More than the 45 minutes of the rule. */
const waited = minutes(46)

/** J3 (b): who has waited more than 45 minutes is not kept by two booked ones each time. */
export const scene: Scene = {
  name: 'j3-one-to-one',
  shows: 'walk-ins wait more than 45 minutes: booked and walk-in go in turns, with the reason',
  missing: chromiumMissing,
  async run(context) {
    const world = await startSceneWorld(context, { flowGramsPerSecond: 600 })
    const early = await stationAtWork(context, world)
    const kavita = await lineWaits(context, world, early)
    const at = await minutesPass(context, world, early)
    await bookedOnesCome(context, at)
    await toldOnScreens(context, world, { at, kavita })
    await takeTurns(context, at, kavita)
    await equalChains(at, world)
    context.note('the hash chains of station and cloud are equal')
  },
}

/** @returns Kavita's number */
async function lineWaits(
  context: SceneContext,
  { controlUrl }: SceneWorld,
  at: StationAtWork,
): Promise<string> {
  context.step('no dispenser has power; six come without a booking and wait')
  const hands = forecourtAt(controlUrl)
  for (const no of dispensers) {
    await hands.goesSilent(no)
    await positionIs(at.kiosk, no, 'offline')
  }
  for (const plate of plates.first) await walkInComes(at, plate)
  const kavita = await giveWalkInNumber(at.kiosk, 0, () => Promise.resolve())
  await enterDetails(at.kiosk, { plate: plates.kavita, retest: '31122028' })
  for (const plate of plates.after) await walkInComes(at, plate)
  await until(() => at.feed.view()?.next.length === 6, { what: 'six who wait' })
  assert.equal(at.feed.view()?.rule.limit, 2)
  await context.picture(at.kiosk, 'kiosk-two-to-one')
  return kavita
}

/** The first three are called when the power is back: nobody has been called before. */
async function minutesPass(
  context: SceneContext,
  { world, kioskUrl, controlUrl }: SceneWorld,
  at: StationAtWork,
): Promise<StationAtWork> {
  context.step('46 minutes pass, and the power is back: the first three are called')
  await world.parts.edge.stop()
  assert.equal(cameEarlier(at.ledger, waited), 6)
  const hands = forecourtAt(controlUrl)
  for (const no of dispensers) await hands.worksAgain(no)
  await world.startEdge()
  const later = await afterRestart(context, at, kioskUrl)
  for (const no of positions) await calledTo(later, no)
  assert.equal(later.feed.view()?.rule.limit, 1)
  return later
}

async function bookedOnesCome(context: SceneContext, at: StationAtWork): Promise<void> {
  context.step('four booked vehicles come in their window')
  const windowStart = cellNow()
  const sold = await at.sold(plates.booked.map((plate) => ({ plate, windowStart })))
  for (const [n, { token }] of sold.entries()) {
    const scan = await showAtLane(at, 1 + (n % 2), token)
    assert.equal(scan.verdict, 'ADMIT')
  }
  // What was quoted while nothing worked is over with the next quote.
  await at.feed.until(
    'a wait of this hour',
    ({ walkInWait }) => walkInWait.medianMs < hours(1) || undefined,
  )
}

/** The rule and its reason in words, on kiosk and board, for who asks. */
async function toldOnScreens(
  context: SceneContext,
  { kioskUrl }: SceneWorld,
  { at: { kiosk }, kavita }: { readonly at: StationAtWork; readonly kavita: string },
): Promise<void> {
  const board = await screenPage(context, `${kioskUrl}/board.html?lang=en`, boardSize)
  await board.locator('footer', { hasText: 'somebody has waited more than 45 minutes' }).waitFor()
  await context.picture(board, 'board-one-to-one')
  await board.goto(`${kioskUrl}/board.html?lang=hi`)
  await board.locator('footer', { hasText: '45 मिनट से ज़्यादा' }).waitFor()
  await context.picture(board, 'board-one-to-one-hindi')
  await context.picture(kiosk, 'kiosk-one-to-one')
  await askWhy(kiosk, kavita, async (told) => {
    assert(told.includes('1 booked, then one walk-in'), told)
    await context.picture(kiosk, 'kiosk-why')
  })
}

/** Booked, walk-in, booked, walk-in: never two booked ones before somebody who waits. */
async function takeTurns(context: SceneContext, at: StationAtWork, kavita: string): Promise<void> {
  context.step('as places get free they go in turns: a booked one, a walk-in, and so on')
  const { booked, after } = plates
  const turns = [booked[0], plates.kavita, booked[1], after[0], booked[2], after[1], booked[3]]
  const order: (string | null)[] = []
  let called = await Promise.all(positions.map((no) => at.feed.until('a call', callAt(no))))
  for (const plate of turns) {
    const [first, ...rest] = called.toSorted((a, b) => (a.calledAtMs ?? 0) - (b.calledAtMs ?? 0))
    const { no, ticket } = present(first, 'a call')
    await fillCalled(at, present(ticket, 'who is called'))
    const next = await at.feed.until(`the next call to ${no}`, callAt(no, ticket?.id))
    order.push(next.ticket?.plate ?? null)
    if (plate === plates.kavita) await herTurn(context, at, { place: next, kavita })
    called = [...rest, next]
  }
  assert.deepEqual(order, turns)
  context.note(order.join(', '))
}

/** The call to a position, of somebody else than who was filled there. */
function callAt(no: number, filled?: string) {
  return ({ positions: all }: StationView): PositionView | undefined =>
    all.find((one) => one.no === no && one.state === 'called' && one.ticket?.id !== filled)
}

async function herTurn(
  context: SceneContext,
  { kiosk }: StationAtWork,
  { place, kavita }: { readonly place: PositionView; readonly kavita: string },
): Promise<void> {
  assert.equal(place.ticket?.label, kavita)
  assert.equal(place.reason?.step, 'walk-in-turn')
  assert((place.reason.oldestWalkInWaitMs ?? 0) > minutes(45))
  await withPosition(kiosk, place.no, async (told) => {
    assert(told.includes("walk-in's turn after 1 booked"), told)
    await context.picture(kiosk, 'kiosk-her-turn')
  })
  await changeKioskLanguage(kiosk)
  await withPosition(kiosk, place.no, () => context.picture(kiosk, 'kiosk-her-turn-hindi'))
  await changeKioskLanguage(kiosk)
}

const boardSize = { width: 1280, height: 800 }
