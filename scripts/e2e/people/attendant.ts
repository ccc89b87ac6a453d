// The function given to page.evaluate runs in the browser.
/// <reference lib="dom" />
import { stationView, type StationView } from '@baari/shared/contracts/live/station-view'
import type { Page } from 'playwright-core'
import { until } from '../until.ts'

/** Name, then PIN, on the kiosk's own keypad; ends on the board. */
export async function signInAttendant(
  page: Page,
  { name, pin }: { readonly name: string; readonly pin: string },
): Promise<void> {
  await page.locator('.people button', { hasText: name }).click()
  await pressKeys(page, pin)
  await page.locator('.bar-station').waitFor()
}

/** Touches the keys of the keypad or the plate keyboard one after the other. */
export async function pressKeys(page: Page, text: string): Promise<void> {
  for (const each of text) {
    await page.locator('.key', { hasText: new RegExp(`^${each}$`) }).click()
  }
}

export const card = (page: Page, position: number) =>
  page.locator(`.card[data-position="${position}"]`)

/** Waits until the board shows the position in this state. */
export async function positionIs(
  page: Page,
  position: number,
  ...states: readonly string[]
): Promise<void> {
  const wanted = states.map((state) => `.card[data-position="${position}"][data-state="${state}"]`)
  await page.locator(wanted.join(', ')).waitFor()
}

/** The number the board calls a vehicle to, found by its label or plate. */
export async function calledPosition(page: Page, label: string): Promise<number> {
  const called = page.locator('.card[data-state="called"]', { hasText: label })
  await called.waitFor()
  return Number(await called.getAttribute('data-position'))
}

/** Touches the position's card, then "Vehicle is here". */
export async function letVehicleFill(page: Page, position: number): Promise<void> {
  await card(page, position).click()
  await page.locator('.sheet .touch.primary').click()
  await page.locator('.sheet').waitFor({ state: 'detached' })
}

/** What the node tells its screens now, read with the kiosk's own session. */
export async function boardNow(page: Page): Promise<StationView> {
  const text = await page.evaluate(firstView)
  return stationView.parse(JSON.parse(text))
}

/** Waits until the node tells of something. */
export function boardShows<T>(
  page: Page,
  look: (view: StationView) => T | undefined,
  what: string,
): Promise<T> {
  return until(async () => look(await boardNow(page)), { what })
}

async function openMenuPage(page: Page, index: number): Promise<void> {
  await page.locator('.bar .touch').click()
  await page.locator('.sheet .classes .touch').nth(index).click()
}

async function backToBoard(page: Page): Promise<void> {
  const sheet = page.locator('.sheet')
  await until(
    async () => {
      if ((await sheet.count()) === 0) return true
      await page.keyboard.press('Escape')
      return false
    },
    { what: 'the board without a sheet' },
  )
}

const menu = { sell: 0, why: 1, turn: 2, sales: 3, shift: 4, language: 8, signOut: 9 } as const

/** Opens the sheet of a position for as long as `look` takes; it sees what the sheet says. */
export async function withPosition(
  page: Page,
  position: number,
  look: (told: string) => Promise<unknown>,
): Promise<void> {
  await card(page, position).click()
  const facts = page.locator('.sheet .facts')
  await facts.waitFor()
  await look(await facts.innerText())
  await backToBoard(page)
}

/** Opens the list of sales for as long as `look` takes. */
export async function withSales(page: Page, look: () => Promise<void>): Promise<void> {
  await openMenuPage(page, menu.sales)
  await page.locator('.sales').waitFor()
  await look()
  await backToBoard(page)
}

/** Closes the shift with so many rupees counted; `look` sees the figures. */
export async function closeShift(
  page: Page,
  cashRupees: number,
  look: (told: string) => Promise<void>,
): Promise<void> {
  await openMenuPage(page, menu.shift)
  await page.locator('.sheet .figures').waitFor()
  const lines = await page.locator('.sheet .figures dt').count()
  await pressKeys(page, String(cashRupees))
  await page.locator('.sheet .touch.primary').click()
  await page.locator('.sheet .figures dt').nth(lines).waitFor()
  await look(await page.locator('.sheet').innerText())
  await backToBoard(page)
}

/** Ends on the list of names. */
export async function signOutAttendant(page: Page): Promise<void> {
  await openMenuPage(page, menu.signOut)
  await page.locator('.people button').first().waitFor()
}

/** Opens the shift with so many rupees in the drawer. */
export async function openShift(page: Page, cashRupees: number): Promise<void> {
  await openMenuPage(page, menu.shift)
  await pressKeys(page, String(cashRupees))
  await page.locator('.sheet .touch.primary').click()
  await page.locator('.sheet .figures').waitFor()
  await backToBoard(page)
}

export async function changeKioskLanguage(page: Page): Promise<void> {
  const language = (): Promise<string> => page.evaluate(() => document.documentElement.lang)
  const before = await language()
  await openMenuPage(page, menu.language)
  await until(async () => (await language()) !== before, { what: 'the other language' })
  await backToBoard(page)
}

/** Asks for a vehicle in line why it is not its turn; `look` sees what the screen says. */
export async function askWhy(
  page: Page,
  label: string,
  look: (told: string) => Promise<void>,
): Promise<void> {
  await openMenuPage(page, menu.why)
  await page.locator('.people button', { hasText: label }).click()
  const told = page.locator('.sheet .facts')
  await told.waitFor()
  await look(await page.locator('.sheet').innerText())
  await backToBoard(page)
}

export type OutOfTurn = {
  /** As the board names the waiting vehicle. */
  readonly label: string
  readonly position: number
  /** The reason as the screen says it, in English. */
  readonly reason: string
  readonly managerPin: string
}

/** A manager lets a waiting vehicle go first; `look` sees the last page, before the PIN is typed. */
export async function callOutOfTurn(
  page: Page,
  { label, position, reason, managerPin }: OutOfTurn,
  look: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  await openMenuPage(page, menu.turn)
  await page.locator('.people button', { hasText: label }).click()
  await page.locator(`.turn-place[data-place="${position}"]`).click()
  await page.locator('.sheet .classes .touch', { hasText: reason }).click()
  await page.locator('.keypad').waitFor()
  await look()
  await pressKeys(page, managerPin)
  await page.locator('.sheet .touch.primary').click()
  await page.locator('.sheet').waitFor({ state: 'detached' })
}

/**
 * Books the first window from the station's own share for an auto, as for a driver without a phone;
 * `look` sees QR and code.
 */
export async function sellWindowAtKiosk(
  page: Page,
  { plate, retest }: VehicleDetails,
  look: () => Promise<unknown>,
): Promise<void> {
  const primary = page.locator('.sheet .touch.primary')
  await openMenuPage(page, menu.sell)
  await page.locator('.class-key').first().click()
  await page.locator('.sheet .classes .touch.number').first().click()
  await pressKeys(page, plate)
  await primary.click()
  await page.locator('.key', { hasText: /^Q$/ }).waitFor({ state: 'detached' })
  await pressKeys(page, retest)
  await primary.click()
  await page.getByTestId('sold-code').waitFor()
  await look()
  await primary.click()
  await page.locator('.sheet').waitFor({ state: 'detached' })
}

/** Takes the call at this position back, or the one behind the fill there. */
export async function undoCallAt(page: Page, position: number): Promise<void> {
  await card(page, position).click()
  await page.locator('.sheet .touch.quiet', { has: page.locator('.lucide-undo-2') }).click()
  await page.locator('.sheet').waitFor({ state: 'detached' })
}

/** Takes a position out of service: its card, "out of service", the first reason. */
export async function closePosition(page: Page, position: number): Promise<void> {
  await card(page, position).click()
  await page.locator('.sheet .touch.quiet').last().click()
  await page.locator('.sheet .classes .touch').first().click()
  await page.locator('.sheet').waitFor({ state: 'detached' })
}

/** Puts a position that was taken out of service back. */
export async function openPosition(page: Page, position: number): Promise<void> {
  await positionIs(page, position, 'closed')
  await card(page, position).click()
  await page.locator('.sheet .touch.primary').click()
  await page.locator('.sheet').waitFor({ state: 'detached' })
}

/** A called vehicle is not there: it makes way. */
export async function skipMissing(page: Page, label: string): Promise<void> {
  await action(page, 2).click()
  await page.locator('.people button', { hasText: label }).click()
  await page.locator('.sheet .touch.primary').click()
  await page.locator('.sheet').waitFor({ state: 'detached' })
}

/** One that missed its call stands in the lane again. */
export async function isBackInLane(
  page: Page,
  label: string,
  look: () => Promise<unknown>,
): Promise<void> {
  await action(page, 2).click()
  await page.locator('.people button', { hasText: label }).click()
  await look()
  await page.locator('.sheet .touch.primary').click()
  await page.locator('.sheet').waitFor({ state: 'detached' })
}

/** The buttons below the board, from the left. */
const action = (page: Page, index: number) => page.locator('nav.actions > .touch').nth(index)

/** Opens the camera and waits until it has read what is held before it. */
export async function showQrToCamera(page: Page): Promise<void> {
  await action(page, 1).click()
  await page.locator('.sheet .touch.quiet').click()
  await page.locator('.sheet').waitFor({ state: 'detached' })
}

/** Types the nine digits; `look` is called before they are sent. */
export async function typeCode(
  page: Page,
  code: string,
  look: () => Promise<unknown>,
): Promise<void> {
  await action(page, 1).click()
  await pressKeys(page, code)
  await look()
  await page.locator('.sheet .touch.primary').click()
  await page.locator('.sheet').waitFor({ state: 'detached' })
}

/**
 * Gives a number to a vehicle of the class at this place on the sheet, and goes on to its details.
 */
export async function giveWalkInNumber(
  page: Page,
  classIndex: number,
  look: () => Promise<unknown>,
): Promise<string> {
  await action(page, 0).click()
  await page.locator('.class-key').nth(classIndex).click()
  const label = await page.getByTestId('walk-in-number').innerText()
  await look()
  await page.locator('.sheet .touch.primary').click()
  return label
}

export type VehicleDetails = {
  readonly plate: string
  /** Day, month and year as eight digits. */
  readonly retest: string
}

/** Plate and cylinder date of a first visit. */
export async function enterDetails(page: Page, { plate, retest }: VehicleDetails): Promise<void> {
  await pressKeys(page, plate)
  await page.locator('.sheet .touch.primary').click()
  await pressKeys(page, retest)
  await page.locator('.sheet .touch.primary').click()
  await page.locator('.sheet').waitFor({ state: 'detached' })
}

function firstView(): Promise<string> {
  return new Promise((resolve, reject) => {
    const source = new EventSource('/v1/live')
    const late = setTimeout(() => reject(new Error('no view in 10 s')), 10_000)
    source.addEventListener('view', (event: MessageEvent<string>) => {
      clearTimeout(late)
      source.close()
      resolve(event.data)
    })
  })
}
