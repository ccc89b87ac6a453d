import assert from 'node:assert/strict'
import { windowList, type Booking } from '@baari/shared/contracts/http/cloud-api'
import { present } from '@baari/shared/faults/assert'
import type { Page } from 'playwright-core'
import { signInDriver, type DriverCaller } from '../../../clients/cloud-caller.ts'
import { Refused } from '../../../clients/json-caller.ts'
import { demoStation } from '../../../dev/world/seed.ts'
import { chromiumMissing } from '../../browser.ts'
import { sellWindowAtKiosk } from '../../people/attendant.ts'
import { addVehicle, openStation } from '../../people/driver.ts'
import { phoneWithTicket } from '../../people/phone.ts'
import {
  cellNow,
  showAtLane,
  stationAtWork,
  type StationAtWork,
} from '../../people/station-at-work.ts'
import { startSceneWorld, type SceneWorld } from '../../scene-world.ts'
import type { Scene, SceneContext } from '../../scene.ts'

const toutNumber = '9825013300'
const toutPlate = 'GJ01TT0009'
/** More than a phone may hold of anything. */
const tries = 50
const phones = 20
/** One address gets no more codes in an hour; three phones of this scene had theirs before. */
const codesAnHour = 10
const phonesBefore = 3
const retestValidUntil = '2031-03-31'

/** J10: a tout with one phone, with twenty, and with a screenshot to sell; an agent at the kiosk. */
export const scene: Scene = {
  name: 'j10-tout',
  shows: 'a tout is stopped at the limits, a sold screenshot at the lane; assisted booking goes on',
  missing: chromiumMissing,
  async run(context) {
    const world = await startSceneWorld(context, { flowGramsPerSecond: 600 })
    const at = await stationAtWork(context, world)
    const windows = await calmWindows(world)
    await onePhone(context, world, windows)
    await pageSaysWhy(context, world)
    await manyPhones(context, world, windows)
    await screenshotSold(context, at)
    await agentAtKiosk(context, at)
  },
}

async function onePhone(context: SceneContext, world: SceneWorld, windows: readonly number[]) {
  context.step(`one phone asks for ${tries} holds at once, then books for six vehicles`)
  const tout = await signInDriver(world, '+919825013310')
  const held = await allAtOnce(tries, async (n) => {
    const { id } = await tout.addVehicle(vehicleNo(n))
    return tout.hold(wishFor(windows, n, id))
  })
  context.note(`holds: ${textOf(held)}`)
  assert.equal(held.get('sold'), 2)
  const other = await signInDriver(world, '+919825013311')
  const booked = await allAtOnce(6, async (n) => {
    const { id } = await other.addVehicle(vehicleNo(100 + n))
    return other.book(wishFor(windows, n, id))
  })
  context.note(`bookings: ${textOf(booked)}`)
  assert.deepEqual(Object.fromEntries(booked), { sold: 3, phone_limit: 3 })
}

async function manyPhones(context: SceneContext, world: SceneWorld, windows: readonly number[]) {
  context.step(`${phones} SIM cards behind one address; those that get in book for one vehicle`)
  const sims: DriverCaller[] = []
  for (let n = 0; n < phones; n += 1) {
    const sim = await signedIn(world, `+9198250134${String(n).padStart(2, '0')}`)
    if (sim !== undefined) sims.push(sim)
  }
  context.note(`${sims.length} of ${phones} got a code`)
  assert.equal(sims.length, codesAnHour - phonesBefore)
  const booked = await allAtOnce(sims.length, async (n) => {
    const sim = present(sims[n], 'a phone')
    const { id } = await sim.addVehicle(vehicleNo(200))
    return sim.book(wishFor(windows, n, id))
  })
  context.note(`bookings: ${textOf(booked)}`)
  assert.equal(booked.get('sold'), 1)
}

/** Undefined when the address has had its codes of this hour. */
async function signedIn(world: SceneWorld, phone: string): Promise<DriverCaller | undefined> {
  try {
    return await signInDriver(world, phone)
  } catch (error) {
    if (error instanceof Refused && error.code === 'rate_limited') return undefined
    throw error
  }
}

/** The fourth vehicle of a phone, on the page that the tout sees. */
async function pageSaysWhy(context: SceneContext, world: SceneWorld): Promise<void> {
  context.step('the page says why the fourth vehicle of a phone gets no window')
  const { page } = await phoneWithTicket(context, world, { number: toutNumber, plate: toutPlate })
  for (const n of [1, 2, 3]) await bookFor(page, `GJ01TT000${n}`)
  await saidNo(page).waitFor()
  await context.picture(page, 'phone-limit')
  await page.locator('.top .link').last().click()
  await context.picture(page, 'phone-limit-hindi')
}

async function bookFor(page: Page, plate: string): Promise<void> {
  await page.goto(new URL('/', page.url()).href)
  await openStation(page, 'Vastrapur')
  await page.locator('.chips .chip').last().click()
  await addVehicle(page, { classIndex: 0, plate, retestValidUntil })
  await page.locator('.window').first().click()
  await page.locator('.bottom .main').click()
  await page.locator('.ticket .qr').or(saidNo(page)).first().waitFor()
}

const saidNo = (page: Page) => page.locator('.problem', { hasText: /[A-Za-z]/ })

async function screenshotSold(context: SceneContext, at: StationAtWork): Promise<void> {
  context.step('a sold screenshot: whoever shows it second is told when and where it was shown')
  const [booked] = await at.sold([{ plate: 'GJ01SS0001', windowStart: cellNow() }])
  const { token } = present(booked, 'a booking')
  assert.equal((await showAtLane(at, 1, token)).verdict, 'ADMIT')
  const second = await showAtLane(at, 2, token)
  assert.equal(second.verdict, 'PRESENT')
  assert.equal(second.facts['lane'], 1)
  await context.picture(at.kiosk, 'kiosk-screenshot')
}

/** Who books for others at the kiosk is no tout: the limits are those of vehicles, not of agents. */
async function agentAtKiosk(context: SceneContext, at: StationAtWork): Promise<void> {
  context.step('an attendant books for five drivers without a phone, one after the other')
  for (let n = 1; n <= 5; n += 1) {
    const details = { plate: `GJ01AG000${n}`, retest: '31122030' }
    await sellWindowAtKiosk(at.kiosk, details, async () => {
      if (n === 5) await context.picture(at.kiosk, 'kiosk-fifth-sold')
    })
  }
}

async function calmWindows({ cloudUrl }: SceneWorld): Promise<readonly number[]> {
  const answer = await fetch(`${cloudUrl}/v1/stations/${demoStation.no}/windows?class=auto`)
  const { windows } = windowList.parse(await answer.json())
  return windows.filter(({ state }) => state === 'free').map(({ startMs }) => startMs)
}

const vehicleNo = (n: number) => ({
  plate: `GJ02TB${String(n + 1).padStart(4, '0')}`,
  vehicleClass: 'auto' as const,
  retestValidUntil,
})

const wishFor = (windows: readonly number[], n: number, vehicle: string) => ({
  station: demoStation.no,
  windowStartMs: present(windows[n % windows.length], 'a window'),
  ...{ vehicle, grams: 4_000 },
})

/** How often each answer came. */
async function allAtOnce(
  count: number,
  ask: (n: number) => Promise<Booking>,
): Promise<ReadonlyMap<string, number>> {
  const answers = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      try {
        await ask(n)
        return 'sold'
      } catch (error) {
        if (error instanceof Refused) return error.code
        throw error
      }
    }),
  )
  return new Map(
    [...new Set(answers)].map((each) => [each, answers.filter((a) => a === each).length]),
  )
}

const textOf = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([code, count]) => `${count} ${code}`).join(', ')
