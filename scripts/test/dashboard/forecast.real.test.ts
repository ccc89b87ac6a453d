import { join } from 'node:path'
import { forecastWatchOf } from '@baari/cloud/adapters/postgres/forecast-watch'
import type { ScoredDay } from '@baari/shared/domain/forecast/learning/score-station'
import { istDay } from '@baari/shared/units/ist-calendar'
import { dayNumber, instant } from '@baari/shared/units/time'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stationUnderTest } from '../../../cloud/test/support/sync-world.ts'
import { chromiumMissing, type Browser } from '../../e2e/browser.ts'
import { openSignedIn, operatorWorld, pictures, type OperatorWorld } from './operator-world.ts'

const missing = chromiumMissing()
/** Against hanging only. */
const patience = { timeout: 60_000 }

let world: OperatorWorld
let browser: Browser
let page: Page

beforeAll(async () => {
  if (missing !== undefined) return
  world = await operatorWorld('operator')
  ;({ browser, page } = await openSignedIn(world, '#forecast'))
  await page.getByText('No model was trained yet').waitFor(patience)
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await world?.stop()
})

async function inBothLanguages(name: string): Promise<void> {
  const picture = (language: string) =>
    page.screenshot({ path: join(pictures, `${name}-${language}.png`), fullPage: true })
  await picture('en')
  await page.getByRole('button', { name: 'हिन्दी' }).click()
  await picture('hi')
  await page.getByRole('button', { name: 'English' }).click()
}

/** Days as the nightly look keeps them: three that came, today and tomorrow. */
async function keepDays(): Promise<void> {
  const today = istDay(instant(Date.now()))
  const bands = Array.from({ length: 96 }, (_, n) => {
    const mean = 2 + 6 * Math.sin((Math.PI * n) / 96)
    return { mean, q10: mean / 2, q50: mean, q90: 2 * mean }
  })
  const days = [-3, -2, -1, 0, 1].flatMap((more) =>
    [1, 2].map((lead): ScoredDay => ({
      ...{ station: stationUnderTest, target: 'arrivals', day: dayNumber(today + more), lead },
      ...{ version: null, basis: 'seasonal-naive', bands, quarters: more < 0 ? 96 : 0 },
      ...(more < 0
        ? { came: 500, error: 80 * lead, naiveError: 100, inside: 77 }
        : { came: 0, error: 0, naiveError: 0, inside: 0 }),
    })),
  )
  await forecastWatchOf(world.pool).keep(days)
}

describe('the page Forecasts on a real cloud', { timeout: 180_000 }, () => {
  it('a station without forecasts says so, and so do models and trainings', async ({ skip }) => {
    skip(missing !== undefined, missing)
    await page.locator('.choosers select').selectOption(String(stationUnderTest))
    await page.getByText('No forecast of this station').waitFor(patience)
    await page.getByText('Nothing was trained yet').waitFor(patience)
    await inBothLanguages('forecast-empty')
  })

  it('what was forecast is drawn with its errors by days ahead beside seasonal naive', async ({
    skip,
  }) => {
    skip(missing !== undefined, missing)
    await keepDays()
    await page.reload()
    await page.locator('.choosers select').selectOption(String(stationUnderTest))
    const bands = page.getByRole('img', { name: 'Forecast and what came' })
    await bands.waitFor(patience)
    expect(await bands.locator('polygon').count()).toBe(1)
    const accuracy = page.getByRole('img', { name: 'Error by days ahead' })
    expect(await accuracy.locator('rect.fill-median').count()).toBe(1 + 2)
    expect(await accuracy.textContent()).toContain('0.83')
    expect(await accuracy.textContent()).toContain('80 %')
    await inBothLanguages('forecast')
  })

  it('a training is asked for, seen, and tells why there is no model', async ({ skip }) => {
    skip(missing !== undefined, missing)
    await page.getByRole('button', { name: 'Train now' }).click()
    await page.locator('section[aria-label=Trainings] li').waitFor(patience)
    await page.locator('section[aria-label=Trainings] li .problem').waitFor(patience)
    const said = await page.locator('section[aria-label=Trainings] li').innerText()
    expect(said).toContain('Failed')
    expect(said).toContain('operator')
    await inBothLanguages('forecast-training')
  })
})
