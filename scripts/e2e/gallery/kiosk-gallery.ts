// The functions given to page.evaluate run in the browser.
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { AxeBuilder } from '@axe-core/playwright'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import type { StationView } from '@baari/shared/contracts/live/station-view'
import { startBrowser } from '../browser.ts'
import type { SceneContext } from '../scene.ts'
import type { Finding } from './findings.ts'
import { startFixtureNode } from './fixture-node.ts'
import { noon, stationViews } from './station-views.ts'

export const kioskSizes = [
  { width: 1280, height: 720 },
  { width: 1280, height: 800 },
  { width: 800, height: 1280 },
  { width: 1920, height: 1080 },
] as const

type Shot = {
  readonly language: 'en' | 'hi'
  readonly state: string
  readonly view: StationView
  readonly size: (typeof kioskSizes)[number]
  readonly dark: boolean
}

function shots(): readonly Shot[] {
  const [reference, ...others] = kioskSizes
  const states = Object.entries(stationViews)
  const normal = { state: 'normal', view: stationViews.normal, dark: false } as const
  return (['en', 'hi'] as const).flatMap((language) => [
    ...states.map(([state, view]) => ({ language, state, view, size: reference, dark: false })),
    ...others.map((size) => ({ ...normal, language, size })),
    ...(language === 'en' ? [{ ...normal, language, size: reference, dark: true }] : []),
  ])
}

/** Two languages, two sizes and the two states with most on the screen. */
function fewShots(): readonly Shot[] {
  const wanted = ['normal-en-1280', 'full-hi-1280', 'link-down-en-1280', 'normal-hi-800']
  return shots().filter(
    ({ state, language, size, dark }) =>
      !dark && wanted.includes(`${state}-${language}-${size.width}`),
  )
}

/** Takes every picture, and returns what the accessibility check and the target sizes object to. */
export async function takeKioskGallery(
  dist: string,
  { full, pictures, step }: SceneContext,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const shot of full ? shots() : fewShots()) {
    const { state, view, language, size, dark } = shot
    const name = `${state}-${language}-${size.width}x${size.height}${dark ? '-night' : ''}`
    step(name)
    const node = await startFixtureNode(dist, view)
    const browser = await startBrowser({ ...size, dark })
    try {
      const page = await openBoard(browser.context.pages()[0]!, node.url, language)
      await page.screenshot({ path: join(pictures, `${name}.png`) })
      findings.push(...(await objections(page, name)))
      if (full && state === 'normal' && size === kioskSizes[0] && !dark) {
        findings.push(...(await takeSheets(page, pictures, language)))
      }
      if (full && state === 'stopped' && size === kioskSizes[0])
        findings.push(...(await takeResets(page, pictures, language)))
    } finally {
      await browser.close()
      await node.close()
    }
  }
  return findings
}

async function openBoard(page: Page, url: string, language: 'en' | 'hi'): Promise<Page> {
  await page.clock.install({ time: noon })
  await page.addInitScript((chosen) => localStorage.setItem('baari.language', chosen), language)
  await page.goto(url)
  await page.locator('.people button').first().click()
  for (const digit of '1234')
    await page.locator('.key', { hasText: new RegExp(`^${digit}$`) }).click()
  await page.locator('.bar-station').waitFor()
  await page.locator('.next ol').waitFor()
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  return page
}

type SheetsTaken = {
  readonly page: Page
  readonly folder: string
  readonly language: string
  /** What is wrong with a sheet is added here. */
  readonly findings: Finding[]
}

/** Pictures the sheet that is open now, and looks it over. */
function sheetTaker({ page, folder, language, findings }: SheetsTaken) {
  return async (name: string): Promise<void> => {
    const full = `sheet-${name}-${language}`
    await page.screenshot({ path: join(folder, `${full}.png`) })
    findings.push(...(await objections(page, full)))
  }
}

/** What stopped the station, a meter that waits for a manager, an overrun, and a date put right. */
async function takeResets(
  page: Page,
  folder: string,
  language: string,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const take = sheetTaker({ page, folder, language, findings })
  await page.locator('[data-position="1"]').click()
  await page.locator('.reset').waitFor()
  await take('trip')
  await page.keyboard.press('Escape')
  await page.locator('[data-position="2"]').click()
  await take('meter')
  await page.locator('.reset-choices .touch').first().click()
  await take('meter-pin')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.locator('[data-position="4"]').click()
  await take('overrun')
  await page.keyboard.press('Escape')
  await page.locator('.bar .touch').click()
  await page.locator('.sheet .classes .touch', { hasText: /Correct|सुधारें/ }).click()
  for (const letter of 'GJ01AB1234')
    await page.locator('.key', { hasText: new RegExp(`^${letter}$`) }).click()
  await take('correct-plate')
  await page.locator('.sheet .touch.primary').click()
  for (const digit of '30042030')
    await page.locator('.key', { hasText: new RegExp(`^${digit}$`) }).click()
  await page.locator('.sheet .touch.primary').click()
  await page.locator('.take-photo').waitFor()
  await take('correct-photo')
  return findings
}

async function takeSheets(
  page: Page,
  folder: string,
  language: string,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const take = sheetTaker({ page, folder, language, findings })
  const action = (n: number) => page.locator('nav.actions .touch').nth(n)
  await action(0).click()
  await take('walk-in')
  await page.locator('.class-key').first().click()
  await page.getByTestId('walk-in-number').waitFor()
  await take('walk-in-number')
  await page.locator('.sheet .touch.primary').click()
  await take('plate')
  for (const letter of 'GJ01')
    await page.locator('.key', { hasText: new RegExp(`^${letter}$`) }).click()
  await page.locator('.sheet .touch.primary').click()
  await take('date')
  await page.keyboard.press('Escape')
  await action(1).click()
  for (const digit of '482109371')
    await page.locator('.key', { hasText: new RegExp(`^${digit}$`) }).click()
  await take('code')
  await page.keyboard.press('Escape')
  await action(2).click()
  await take('cannot')
  await page.keyboard.press('Escape')
  for (const no of [1, 3, 4]) {
    await page.locator(`[data-position="${no}"]`).click()
    await take(`position-${no}`)
    await page.keyboard.press('Escape')
  }
  const openMenu = (): Promise<void> => page.locator('.bar .touch').click()
  const menu = (item: RegExp) => page.locator('.sheet .classes .touch', { hasText: item })
  await openMenu()
  await take('menu')
  await menu(/why|क्यों/i).click()
  await take('why-who')
  await page.locator('.sheet .people .touch').nth(1).click()
  await page.locator('.overtakers').waitFor()
  await take('why')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await takeOutOfTurn(page, { open: () => menu(/turn|बारी से/i).click(), take })
  await openMenu()
  await menu(/sales|बिक्री/i).click()
  await take('sales')
  await page.keyboard.press('Escape')
  await takeSale(page, { menu, take })
  await openMenu()
  await menu(/head office|मुख्यालय/).click()
  await page.locator('.sheet dl').waitFor()
  await take('link')
  await page.keyboard.press('Escape')
  await menu(/devices|उपकरण/i).click()
  await page.locator('.service').waitFor()
  await take('service')
  return findings
}

type TurnShots = {
  readonly open: () => Promise<void>
  readonly take: (name: string) => Promise<void>
}

/** A manager lets a vehicle go first: which, where, why in words, and the PIN. */
async function takeOutOfTurn(page: Page, { open, take }: TurnShots): Promise<void> {
  await open()
  await take('turn-who')
  await page.locator('.sheet .people .touch').nth(3).click()
  await take('turn-where')
  await page.locator('.turn-place').nth(2).click()
  await take('turn-why')
  await page.locator('.sheet .classes .touch').last().click()
  for (const letter of 'VIP')
    await page.locator('.key', { hasText: new RegExp(`^${letter}$`) }).click()
  await take('turn-words')
  await page.locator('.sheet .touch.primary').click()
  await page.locator('.keypad').waitFor()
  await take('turn-pin')
  for (let step = 0; step < 6; step += 1) await page.keyboard.press('Escape')
}

type SaleShots = {
  readonly menu: (item: RegExp) => Locator
  readonly take: (name: string) => Promise<void>
}

/** A window sold at the kiosk, from the vehicle's class to the paper's QR. */
async function takeSale(page: Page, { menu, take }: SaleShots): Promise<void> {
  await menu(/window|समय/i).click()
  await take('sell-class')
  await page.locator('.class-key').first().click()
  await page.locator('.sheet .classes .number').first().waitFor()
  await take('sell-window')
  await page.locator('.sheet .classes .number').nth(1).click()
  for (const letter of 'GJ01AB1234')
    await page.locator('.key', { hasText: new RegExp(`^${letter}$`) }).click()
  await take('sell-plate')
  await page.locator('.sheet .touch.primary').click()
  await page.locator('svg.qr').waitFor()
  await take('sell-sold')
  await page.locator('.sheet .touch.primary').click()
}

async function objections(page: Page, picture: string): Promise<readonly Finding[]> {
  const axe = await new AxeBuilder({ page }).analyze()
  const serious = axe.violations
    .filter((each) => each.impact === 'serious' || each.impact === 'critical')
    .map((each) => ({
      picture,
      problem: `${each.id}: ${each.help} (${each.nodes.length}: ${String(each.nodes[0]?.target)})`,
    }))
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button')]
      .filter((button) => button.checkVisibility())
      .map((button) => ({ text: button.textContent, box: button.getBoundingClientRect() }))
      .filter(({ box }) => box.width < 77.5 || box.height < 77.5)
      .map(
        ({ text, box }) =>
          `target "${text}" is ${Math.round(box.width)}x${Math.round(box.height)} px`,
      ),
  )
  const close = await page.evaluate(nearTargets)
  return [...serious, ...[...small, ...close].map((problem) => ({ picture, problem }))]
}

/** Pairs of targets less than 12 mm (52 px at 4.35 px/mm) apart that may both be touched. */
function nearTargets(): string[] {
  const sheet = document.querySelector('.sheet')
  const targets = [...(sheet ?? document).querySelectorAll('button')].filter(
    (each) => each.checkVisibility() && !each.disabled,
  )
  const visible = (each: Element): DOMRect => {
    const own = each.getBoundingClientRect()
    const frame = each.closest('.positions, .sheet-body, .scan')?.getBoundingClientRect() ?? own
    const [top, bottom] = [Math.max(own.top, frame.top), Math.min(own.bottom, frame.bottom)]
    return new DOMRect(own.x, top, own.width, Math.max(0, bottom - top))
  }
  const boxes = targets
    .map((each) => ({ text: each.textContent, box: visible(each) }))
    .filter(({ box }) => box.height > 0)
  return boxes.flatMap((a, index) =>
    boxes.slice(index + 1).flatMap((b) => {
      const dx = Math.max(0, a.box.left - b.box.right, b.box.left - a.box.right)
      const dy = Math.max(0, a.box.top - b.box.bottom, b.box.top - a.box.bottom)
      const gap = Math.hypot(dx, dy)
      return gap < 51 ? [`targets "${a.text}" and "${b.text}" are ${Math.round(gap)} px apart`] : []
    }),
  )
}
