import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumMissing, type Browser } from '../../e2e/browser.ts'
import { openSignedIn, operatorWorld, pictures, type OperatorWorld } from './operator-world.ts'

const missing = chromiumMissing()
/** Against hanging only; the page asks every ten seconds. */
const patience = { timeout: 60_000 }

let world: OperatorWorld
let browser: Browser
let page: Page

beforeAll(async () => {
  if (missing !== undefined) return
  world = await operatorWorld('operator')
  ;({ browser, page } = await openSignedIn(world))
  await page.locator('.card[data-station="42"]').waitFor(patience)
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await world?.stop()
})

const state = (key: string, value: object) => ({ k: 'state.set', b: { key, value } })
const idle = { source: 'position', code: 'idle_with_queue', subject: 'position 3' }
const stop = { source: 'safety', code: 'all_stop', subject: '' }

const picture = (name: string) =>
  page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })

async function inBothLanguages(name: string): Promise<void> {
  await picture(`${name}-en`)
  await page.getByRole('button', { name: 'हिन्दी' }).click()
  await picture(`${name}-hi`)
  await page.getByRole('button', { name: 'English' }).click()
}

async function tellBusyStation(): Promise<void> {
  await world.tell('state', [
    state('position/1', { state: 'filling', fault: null, ticket: null }),
    state('position/2', { state: 'called', fault: null, ticket: null }),
    state('position/3', { state: 'free', fault: null, ticket: null }),
    state('position/4', { state: 'fault', fault: 'bus_offline', ticket: null }),
    state('queue', { booked: 3, walkIns: 9, standby: 1 }),
    state('walk_in_wait', { medianMin: 14, p90Min: 22 }),
    state('rule', { limit: 2, oldestWalkInMs: Date.now() - 26 * 60_000 }),
    state('gas', { bankMbar: 214_000, vehiclesPerHour: 38 }),
  ])
  for (let n = 0; n < 14; n += 1) {
    await world.pool.query(
      `INSERT INTO booking (id, station_no, state, window_start_ms, expires_ms, vehicle_class, nozzle,
         grams, plate, retest_day, payment_mode, channel, work_milli_minutes, price_paise_per_kg,
         created_at_ms, updated_at_ms)
       SELECT gen_random_uuid(), 42, 'active', at, at + 1800000, 'car', 'ngv1', 8000, $2, 30000,
         'pump', 'app', 4050, 9000, 0, 0 FROM (SELECT $1::bigint AS at) AS w`,
      [(Math.floor(Date.now() / 300_000) + (n < 12 ? 6 : 12)) * 300_000, `GJ01AB${n}`],
    )
  }
}

describe('the page Live on a real cloud', () => {
  it('a station that has told nothing says so, and nothing is wrong', async ({ skip }) => {
    skip(missing !== undefined, missing)
    await page.getByText('All is well').waitFor(patience)
    await inBothLanguages('live-empty')
  })

  it('an alarm comes with what to do and goes when the station clears it', async ({ skip }) => {
    skip(missing !== undefined, missing)
    await tellBusyStation()
    await world.tell('alarm', [
      { k: 'alarm.raised', b: { ...idle, detail: '9 waiting', count: 1 } },
      { k: 'alarm.raised', b: { ...stop, detail: 'gas', count: 1 } },
    ])
    const wrong = page.locator('.wrong li')
    await wrong.first().waitFor(patience)
    await page.getByText('14 booked will').first().waitFor(patience)
    expect(await wrong.first().innerText()).toContain('Everything was stopped')
    expect(await wrong.nth(1).innerText()).toContain('Position 3')
    expect(await wrong.count()).toBe(3)
    const card = await page.locator('.card[data-station="42"]').innerText()
    for (const text of ['9 walk-ins', 'about 14 min', '214 bar', 'oldest walk-in waits 2']) {
      expect(card).toContain(text)
    }
    await inBothLanguages('live-alarms')
    await world.tell('alarm', [
      { k: 'alarm.cleared', b: { ...idle, raisedAtMs: 0 } },
      { k: 'alarm.cleared', b: { ...stop, raisedAtMs: 0 } },
    ])
    await page.getByText('Everything was stopped').waitFor({ state: 'detached', ...patience })
    expect(await wrong.count()).toBe(1)
  })

  it('a station that is away says how old its facts are; a cloud that is away, too', async ({
    skip,
  }) => {
    skip(missing !== undefined, missing)
    const heard = Date.now() - 3 * 3_600_000
    await world.pool.query('UPDATE station_link SET heard_at_ms = $1', [heard])
    await page.getByRole('button', { name: 'Look again' }).click()
    await page.getByText('Not heard for 3 h').waitFor(patience)
    await inBothLanguages('live-stale')
    await page.route('**/v1/operator/live', (route) => route.abort())
    await page.getByRole('button', { name: 'Look again' }).click()
    await page.getByRole('alert').waitFor(patience)
    expect(await page.locator('.card[data-station="42"]').count()).toBe(1)
    await picture('live-broken')
    await page.unroute('**/v1/operator/live')
  })
})

describe('the page What if on a real cloud', () => {
  it('a closed position is compared with today, as figures and as a picture', async ({ skip }) => {
    skip(missing !== undefined, missing)
    await page.getByRole('button', { name: 'What if' }).click()
    await page.getByLabel('Station').selectOption('42')
    await page.getByLabel('One position is closed').check()
    await picture('what-if-asked-en')
    await page.getByRole('button', { name: 'Ask' }).click()
    await page.locator('svg.twin').waitFor(patience)
    const row = page.getByRole('row', { name: 'Everybody: mean wait' })
    expect(await row.innerText()).toMatch(/\+\d+\.\d min\s+\+\d+\.\d to \+/)
    expect(await page.locator('svg.twin polyline').count()).toBe(3)
    await inBothLanguages('what-if')
  })
})
