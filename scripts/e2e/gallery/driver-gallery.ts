// The functions given to page.evaluate run in the browser.
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { AxeBuilder } from '@axe-core/playwright'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { startBrowser } from '../browser.ts'
import type { SceneContext } from '../scene.ts'
import {
  driverNoon,
  driverWorlds,
  keptLot,
  lotDrawnMs,
  lotOpenMs,
  ticketId,
} from './driver-worlds.ts'
import type { Finding } from './findings.ts'
import { startFixtureCloud, type DriverWorld, type FixtureCloud } from './fixture-cloud.ts'

const sizes = [
  { width: 320, height: 640 },
  { width: 360, height: 780 },
  { width: 430, height: 932 },
  { width: 780, height: 360 },
] as const
type Size = (typeof sizes)[number]
type Language = 'en' | 'hi'

type Picture = {
  readonly name: string
  readonly world: DriverWorld
  /** Address of the page, after the `#`. */
  readonly at: string
  /** When it is taken; the usual noon otherwise. */
  readonly atMs?: number
  /** What the driver does there before the picture is taken. */
  readonly act?: (page: Page) => Promise<void>
}

const book = '/book/42'
const ticketPage = `/ticket/${ticketId}`

const pictures: readonly Picture[] = [
  { name: 'home', world: driverWorlds.stranger, at: '/' },
  { name: 'home-no-stations', world: driverWorlds.nowhere, at: '/' },
  { name: 'home-with-ticket', world: driverWorlds.active, at: '/' },
  { name: 'home-again', world: driverWorlds.completed, at: '/' },
  { name: 'sign-in', world: driverWorlds.stranger, at: book },
  { name: 'sign-in-wrong-code', world: driverWorlds.stranger, at: book, act: enterWrongCode },
  { name: 'vehicle', world: driverWorlds.newcomer, at: book },
  { name: 'vehicle-refused', world: driverWorlds.newcomer, at: book, act: enterVehicle },
  { name: 'book-free', world: driverWorlds.signedIn, at: book },
  { name: 'book-suggested', world: driverWorlds.suggested, at: book },
  { name: 'book-chosen', world: driverWorlds.signedIn, at: book, act: chooseWindow },
  { name: 'book-taken', world: driverWorlds.signedIn, at: book, act: confirmWindow },
  { name: 'book-few', world: driverWorlds.few, at: book },
  { name: 'book-none', world: driverWorlds.none, at: book },
  { name: 'book-not-lent', world: driverWorlds.notLent, at: book },
  { name: 'book-low-gas', world: driverWorlds.lowGas, at: book },
  { name: 'ticket-low-gas', world: driverWorlds.lowGasTicket, at: ticketPage, act: showFoot },
  { name: 'book-lot', world: driverWorlds.lot, at: book, atMs: lotOpenMs, act: openLot },
  { name: 'book-lot-in', world: driverWorlds.lot, at: book, atMs: lotOpenMs, act: enterLot },
  { name: 'book-lot-won', world: driverWorlds.lot, at: book, atMs: lotDrawnMs, act: showWon },
  { name: 'ticket', world: driverWorlds.active, at: ticketPage },
  { name: 'ticket-retime', world: driverWorlds.retime, at: ticketPage },
  { name: 'ticket-delayed', world: driverWorlds.delayed, at: ticketPage, act: showFoot },
  { name: 'ticket-on-way', world: driverWorlds.active, at: ticketPage, act: sayOnTheWay },
  { name: 'ticket-late', world: driverWorlds.active, at: ticketPage, act: sayLate },
  { name: 'ticket-cancel', world: driverWorlds.active, at: ticketPage, act: askToCancel },
  { name: 'ticket-in-line', world: driverWorlds.checkedIn, at: ticketPage },
  { name: 'ticket-filled', world: driverWorlds.completed, at: ticketPage },
  { name: 'ticket-stars', world: driverWorlds.completed, at: ticketPage, act: showStars },
  { name: 'ticket-rated', world: driverWorlds.rated, at: ticketPage },
  { name: 'ticket-cancelled', world: driverWorlds.cancelled, at: ticketPage },
  { name: 'ticket-missed', world: driverWorlds.missed, at: ticketPage },
  { name: 'offline', world: driverWorlds.active, at: ticketPage, act: loseNetwork },
]
const fewPictures = ['home', 'book-free', 'ticket', 'offline']

/** Takes every picture, and returns what the accessibility check, targets and zoom object to. */
export async function takeDriverGallery(
  dist: string,
  context: SceneContext,
): Promise<readonly Finding[]> {
  const cloud = await startFixtureCloud(dist, driverWorlds.stranger)
  context.atEnd(() => cloud.close())
  const findings: Finding[] = []
  for (const language of ['en', 'hi'] as const) {
    for (const size of context.full ? sizes : [language === 'en' ? sizes[1] : sizes[0]]) {
      context.step(`${size.width}x${size.height} ${language}`)
      findings.push(...(await takeSize({ cloud, context, language, size })))
    }
  }
  return findings
}

type SizeRun = {
  readonly cloud: FixtureCloud
  readonly context: SceneContext
  readonly language: Language
  readonly size: Size
}

async function takeSize(run: SizeRun): Promise<readonly Finding[]> {
  const { cloud, context, language, size } = run
  const wanted = context.full ? pictures : pictures.filter(({ name }) => fewPictures.includes(name))
  const browser = await startBrowser({ ...size, serviceWorkers: 'block' })
  const findings: Finding[] = []
  try {
    const page = browser.context.pages()[0] ?? (await browser.context.newPage())
    await page.clock.setFixedTime(driverNoon)
    await page.addInitScript((chosen) => {
      localStorage.clear()
      localStorage.setItem('baari.language', chosen)
    }, language)
    for (const picture of wanted) {
      cloud.show(picture.world)
      await page.clock.setFixedTime(picture.atMs ?? driverNoon)
      const name = `${picture.name}-${language}-${size.width}x${size.height}`
      await open(page, `${cloud.url}/#${picture.at}`)
      await picture.act?.(page)
      await page.screenshot({ path: join(context.pictures, `${name}.png`), fullPage: false })
      findings.push(...(await objections(page, { picture: name, size })))
      await page.context().setOffline(false)
    }
  } finally {
    await browser.close()
  }
  return findings
}

async function open(page: Page, address: string): Promise<void> {
  // A change of the hash alone would keep the page that is open.
  await page.goto('about:blank')
  await page.goto(address)
  await page.locator('main h1').first().waitFor()
  await page.waitForLoadState('networkidle')
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
}

async function enterWrongCode(page: Page): Promise<void> {
  await page.locator('input[name=phone]').fill('9825012345')
  await page.locator('button.main').click()
  await page.locator('input[name=code]').fill('123456')
  await page.locator('button.main').click()
  await page.locator('.problem', { hasText: /\S/ }).waitFor()
}

async function enterVehicle(page: Page): Promise<void> {
  await page.locator('input[name=plate]').fill('GJ01')
  await page.locator('input[name=retest]').fill('2028-12-31')
  await page.locator('button.main').click()
  await page.locator('.problem', { hasText: /\S/ }).waitFor()
}

async function chooseWindow(page: Page): Promise<void> {
  await page.locator('.window').nth(1).click()
}

async function openLot(page: Page): Promise<void> {
  await page.locator('.lot summary').click()
  await page.locator('.lot summary').scrollIntoViewIfNeeded()
}

async function enterLot(page: Page): Promise<void> {
  await openLot(page)
  await page.locator('.lot .draw').nth(2).click()
  await page.locator('.lot[data-outcome="waits"]').scrollIntoViewIfNeeded()
}

/** The entry was made on this phone an hour ago. */
async function showWon(page: Page): Promise<void> {
  await page.evaluate((kept) => localStorage.setItem('baari.lots', kept), keptLot)
  await page.evaluate(() => (location.hash = '#/'))
  await page.locator('main section .card').first().waitFor()
  await page.evaluate((hash) => (location.hash = hash), book)
  await page.locator('.lot[data-outcome="won"]').scrollIntoViewIfNeeded()
}

async function confirmWindow(page: Page): Promise<void> {
  await chooseWindow(page)
  await page.locator('.bottom .main').click()
  await page.locator('.problem', { hasText: /\S/ }).waitFor()
}

async function askToCancel(page: Page): Promise<void> {
  await page.locator('.ticket .chip').last().click()
  await page.locator('.ticket .sure .chip').last().scrollIntoViewIfNeeded()
}

async function showFoot(page: Page): Promise<void> {
  await page.locator('.ticket .notice').scrollIntoViewIfNeeded()
}

async function sayLate(page: Page): Promise<void> {
  await page.locator('.ticket .late .chip').click()
  await page.locator('.ticket .sure .chip').last().scrollIntoViewIfNeeded()
}

async function showStars(page: Page): Promise<void> {
  await page.locator('.ticket .stars').scrollIntoViewIfNeeded()
}

async function sayOnTheWay(page: Page): Promise<void> {
  await page.context().grantPermissions(['geolocation'])
  await page.context().setGeolocation({ latitude: 22.955, longitude: 72.535 })
  await page.locator('.ticket .on-way .chip').click()
  await page.locator('.ticket .on-way p:not(.soft):not(.problem)').scrollIntoViewIfNeeded()
}

async function loseNetwork(page: Page): Promise<void> {
  await page.context().setOffline(true)
  await page.locator('.notice').waitFor()
}

type Look = { readonly picture: string; readonly size: Size }

async function objections(page: Page, { picture, size }: Look): Promise<readonly Finding[]> {
  // What axe looks at does not change with the width; the smallest and the usual phone suffice.
  const problems = [
    ...(size.width <= 360 ? await barriers(page) : []),
    ...(await page.evaluate(badTargets)),
  ]
  // Zoom 200 % halves the page in CSS pixels.
  for (const zoom of [100, 200]) {
    const scale = 100 / zoom
    await page.setViewportSize({ width: size.width * scale, height: size.height * scale })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (wide > 0) problems.push(`at ${zoom} % the page is ${wide} px wider than the screen`)
  }
  await page.setViewportSize(size)
  return problems.map((problem) => ({ picture, problem }))
}

async function barriers(page: Page): Promise<readonly string[]> {
  const axe = await new AxeBuilder({ page }).setLegacyMode().analyze()
  return axe.violations
    .filter((each) => each.impact === 'serious' || each.impact === 'critical')
    .map(
      (each) => `${each.id}: ${each.help} (${each.nodes.length}: ${String(each.nodes[0]?.target)})`,
    )
}

/** Targets under 44 px on a phone (screens.md section 1), and text cut off inside them. */
function badTargets(): string[] {
  return [...document.querySelectorAll('button, input, a')]
    .filter((each) => each.checkVisibility())
    .flatMap((each) => {
      const box = each.getBoundingClientRect()
      const what = each.textContent || each.getAttribute('name') || each.tagName
      const small =
        box.width < 43.5 || box.height < 43.5
          ? [`target "${what}" is ${Math.round(box.width)}x${Math.round(box.height)} px`]
          : []
      const cut = each.scrollWidth > each.clientWidth + 1 ? [`target "${what}" is cut off`] : []
      return [...small, ...cut]
    })
}
