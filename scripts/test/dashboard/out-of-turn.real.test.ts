import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumMissing, type Browser } from '../../e2e/browser.ts'
import { openSignedIn, operatorWorld, pictures, type OperatorWorld } from './operator-world.ts'

const missing = chromiumMissing()
/** Against hanging only; the page asks every half minute. */
const patience = { timeout: 60_000 }

let world: OperatorWorld
let browser: Browser
let page: Page
const [asha, ravi, meera] = [randomUUID(), randomUUID(), randomUUID()]

beforeAll(async () => {
  if (missing !== undefined) return
  world = await operatorWorld('operator')
  await world.pool.query(
    `INSERT INTO attendant (id, station_no, name, role, pin_hash) VALUES
       ($1, 42, 'Asha Patel', 'attendant', 'x'), ($2, 42, 'Ravi Joshi', 'attendant', 'x'),
       ($3, 42, 'Meera Shah', 'manager', 'x')`,
    [asha, ravi, meera],
  )
  const now = Date.now()
  await force({ by: ravi, at: now - 3 * 3_600_000, reason: 'person_in_need' })
  await force({ by: asha, at: now - 2 * 3_600_000, reason: 'emergency_vehicle' })
  const undone = await force({ by: asha, at: now - 3_600_000, reason: 'breakdown' })
  await force({ by: asha, at: now - 600_000, reason: 'other', note: 'school van with children' })
  await world.pool.query('INSERT INTO out_of_turn_undo VALUES (42, $1, $2, $3)', [
    ...[undone, asha, now - 3_570_000],
  ])
  ;({ browser, page } = await openSignedIn(world, '#outOfTurn'))
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await world?.stop()
})

type Forced = {
  readonly by: string
  readonly at: number
  readonly reason: string
  readonly note?: string
}

async function force({ by, at, reason, note }: Forced): Promise<string> {
  const call = randomUUID()
  const passed = [
    { queue: 'booked', ticket: call, label: 'B 8817', waitedMs: 240_000, windowStartMs: at },
    { queue: 'walk-in', ticket: call, label: 'W-57', waitedMs: 1_380_000, windowStartMs: null },
  ]
  await world.pool.query(
    `INSERT INTO out_of_turn_call (station_no, call_id, op_ref, ticket_id, at_ms, position_no,
       staged, reason, note, by_attendant, by_manager, kind, label, plate_end, vehicle_class, passed,
       waiting_booked, waiting_walk_in)
     VALUES (42, $1, 'ab/ledger/1', $1, $2, 3, false, $3, $4, $5, $6, 'walk-in', 'W-64', '7788',
       'auto', $7, 2, 7)`,
    [call, at, reason, note ?? null, by, meera, JSON.stringify(passed)],
  )
  return call
}

const ranked = () => page.locator('.ranking').last().locator('tbody tr').allInnerTexts()
const picture = (name: string) =>
  page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })

describe('the page of calls out of turn', () => {
  it('ranks who asked and lists each call with its reason, the one taken back marked', async ({
    skip,
  }) => {
    skip(missing !== undefined, missing)
    await page.locator('.turns tbody tr').nth(3).waitFor(patience)
    expect((await ranked()).map((row) => row.replaceAll(/\s+/g, ' '))).toEqual([
      'Asha Patel · 42 3 1',
      'Ravi Joshi · 42 1 –',
    ])
    const newest = await page.locator('.turns tbody tr').first().innerText()
    for (const told of ['W-64', '•••• 7788', 'school van', 'Asha Patel', 'Meera Shah', 'W-57'])
      expect(newest).toContain(told)
    expect(await page.locator('tr.undone').count()).toBe(1)
    await picture('out-of-turn-en')
    await page.getByRole('button', { name: 'हिन्दी' }).click()
    await picture('out-of-turn-hi')
    await page.getByRole('button', { name: 'English' }).click()
  })

  it('a time without any says so, and one that makes no sense is not asked for', async ({
    skip,
  }) => {
    skip(missing !== undefined, missing)
    const [from, to] = [page.getByLabel('From (IST)'), page.getByLabel('until (IST)')]
    await from.fill('2026-01-06T17:00')
    await to.fill('2026-01-06T19:00')
    await page.getByText('No vehicle went out of turn in this time.').waitFor(patience)
    await to.fill('2026-01-06T16:00')
    await page.getByText('The time has to end after it begins').waitFor(patience)
    expect(await page.locator('a.file').count()).toBe(0)
    await page.getByRole('button', { name: '7 days' }).click()
    await page.locator('.turns tbody tr').nth(3).waitFor(patience)
  })

  it('the file is masked: no name of anybody, only the ends of plates', async ({ skip }) => {
    skip(missing !== undefined, missing)
    const [download] = await Promise.all([
      page.waitForEvent('download', patience),
      page.locator('a.file').click(),
    ])
    const chunks: Buffer[] = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString('utf8')
    expect(download.suggestedFilename()).toBe('out-of-turn.csv')
    expect(text.split('\r\n')).toHaveLength(6)
    expect(text).toContain('A. P.')
    expect(text).not.toMatch(/Asha|Ravi|Meera/)
  })
})
