import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { present } from '@baari/shared/faults/assert'
import { istDay } from '@baari/shared/units/ist-calendar'
import { dayNumber, instant } from '@baari/shared/units/time'
import { signInOperator } from '../../../clients/cloud-caller.ts'
import { demoStation } from '../../../dev/world/seed.ts'
import { chromiumMissing } from '../../browser.ts'
import {
  boardShows,
  callOutOfTurn,
  changeKioskLanguage,
  undoCallAt,
} from '../../people/attendant.ts'
import { equalChains } from '../../people/equal-chains.ts'
import { operatorPage } from '../../people/operator-page.ts'
import { allLeave, placesToGive, untilSomeWait, wentOutOfTurn } from '../../people/full-station.ts'
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
import { until } from '../../until.ts'

const fills = [1_777, 2_911, 2_399] as const
const outOfTurnPlates = ['GJ01AM1081', 'GJ01AM1082'] as const

/** J12: an expired cylinder refused and on record, meters that only grow, the same log on both sides. */
export const scene: Scene = {
  name: 'j12-regulator',
  shows: 'an expired cylinder refused and on record, no meter goes back, one log on both sides',
  missing: chromiumMissing,
  async run(context) {
    const world = await startSceneWorld(context, { flowGramsPerSecond: 600 })
    const at = await stationAtWork(context, world)
    await refusedCylinder(context, world, at)
    await metersOnlyGrow(context, at)
    await ambulances(context, world, at)
    context.step('station and cloud hold the same log, to the last hash')
    for (const { name, node } of await equalChains(at, world)) context.note(`${name}: ${node}`)
    await headOfficeSees(context, world)
  },
}

async function refusedCylinder(
  context: SceneContext,
  { cloudUrl, world }: SceneWorld,
  at: StationAtWork,
): Promise<void> {
  context.step('a vehicle whose cylinder test is over is refused at the lane')
  const office = await signInOperator(cloudUrl, world.secrets.operator)
  const before = (await office.ledger(demoStation.no)).failedScans
  const yesterday = dayNumber(istDay(instant(Date.now())) - 1)
  const [sold] = await at.sold([
    { plate: 'GJ01XX0012', windowStart: cellNow(), retestDay: yesterday },
  ])
  const scan = await showAtLane(at, 1, present(sold, 'a booking').token)
  assert.equal(scan.verdict, 'CYLINDER_EXPIRED')
  assert.equal(scan.signal, 'stop')
  await at.kiosk.locator('.scan-stop').waitFor()
  await context.picture(at.kiosk, 'kiosk-cylinder')
  await changeKioskLanguage(at.kiosk)
  await context.picture(at.kiosk, 'kiosk-cylinder-hindi')
  await changeKioskLanguage(at.kiosk)
  context.step('the cloud has the refusal on record')
  await until(async () => (await office.ledger(demoStation.no)).failedScans > before, {
    what: 'one more failed scan at the cloud',
  })
}

/** An ambulance goes first; a second one is called by mistake and taken back. */
async function ambulances(
  context: SceneContext,
  { world }: SceneWorld,
  at: StationAtWork,
): Promise<void> {
  context.step('an ambulance is called out of turn, and one more that is taken back')
  const waiting = await untilSomeWait(at, outOfTurnPlates)
  const { pin } = present(
    world.secrets.attendants.find(({ role }) => role === 'manager'),
    'a manager',
  )
  for (const [index, { label }] of waiting.entries()) {
    const place = placesToGive(at)[index]
    const position = present(place, 'a position to give').no
    const asked = { label, position, reason: 'Ambulance', managerPin: pin }
    await callOutOfTurn(at.kiosk, asked)
    await boardShows(at.kiosk, (view) => wentOutOfTurn(view, position), `${label} out of turn`)
    if (index > 0) await undoCallAt(at.kiosk, position)
  }
  await context.picture(at.kiosk, 'kiosk-out-of-turn')
  await allLeave(at)
}

/** Of every position each fill begins where the one before it ended, or above. */
async function metersOnlyGrow(context: SceneContext, at: StationAtWork): Promise<void> {
  context.step('three vehicles are filled; no meter has gone back')
  for (const [index, gas] of fills.entries()) {
    const plate = `GJ01WA000${index + 1}`
    await walkInComes(at, plate)
    await fillCalled(at, present((await callOf(at, plate)).ticket, 'a vehicle'), gas)
  }
  const rows = (await at.node.fills()).toSorted((a, b) => a.startedAtMs - b.startedAtMs)
  assert.equal(rows.length, fills.length)
  const reached = new Map<number, number>()
  for (const { position, grams, totaliserBeforeGrams, totaliserAfterGrams } of rows) {
    const end = present(totaliserAfterGrams ?? undefined, 'the meter after the fill')
    assert(totaliserBeforeGrams >= (reached.get(position) ?? 0), `position ${position} went back`)
    assert.equal(end - totaliserBeforeGrams, grams)
    reached.set(position, end)
    context.note(`position ${position}: ${totaliserBeforeGrams} -> ${end}, ${grams} g`)
  }
}

async function headOfficeSees(context: SceneContext, at: SceneWorld) {
  context.step('head office looks at the station, its records and what is not settled')
  const page = await operatorPage(context, at)
  await page.getByText(demoStation.name).first().waitFor()
  await context.picture(page, 'dashboard')
  context.step('and lists what went out of turn this hour, as a file that names nobody')
  await page.goto(`${at.cloudUrl}/operator/#outOfTurn`)
  await page.locator('.turns tbody tr').nth(1).waitFor()
  assert.equal(await page.locator('tr.undone').count(), 1)
  await context.picture(page, 'out-of-turn')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('a.file').click(),
  ])
  const file = await readFile(await download.path(), 'utf8')
  const [, ...lines] = file.trimEnd().split('\r\n')
  assert.equal(lines.length, 2)
  assert(lines.every((line) => line.includes('emergency_vehicle') && line.includes('••••')))
  for (const { name } of at.world.secrets.attendants) assert(!file.includes(name), name)
  for (const plate of outOfTurnPlates) assert(!file.includes(plate), plate)
  for (const line of lines) context.note(line)
}
