import { booking, type Booking } from '@baari/shared/contracts/http/cloud-api'
import type { Page } from 'playwright-core'
import { z } from 'zod'
import { until } from '../until.ts'

const messages = z.object({ messages: z.array(z.object({ body: z.string(), atMs: z.number() })) })

export type Phone = {
  readonly page: Page
  readonly cloudUrl: string
  readonly sandboxUrl: string
  /** Ten digits. */
  readonly number: string
}

/** From the home page to the page that follows the sign-in, by the code that was sent. */
export async function signInDriver({ page, sandboxUrl, number }: Phone): Promise<void> {
  await page.locator('input[name=phone]').fill(number)
  const askedAtMs = Date.now()
  await page.locator('button.main').click()
  await page.locator('input[name=code]').fill(await sentCode({ sandboxUrl, number, askedAtMs }))
  await page.locator('button.main').click()
}

type Asked = { readonly sandboxUrl: string; readonly number: string; readonly askedAtMs: number }

/** The six digits as the driver's phone received them: read from the vendor's sandbox. */
function sentCode({ sandboxUrl, number, askedAtMs }: Asked): Promise<string> {
  const to = encodeURIComponent(`+91${number}`)
  return until(
    async () => {
      const answer = await fetch(`${sandboxUrl}/log?to=${to}&limit=1`)
      const [last] = messages.parse(await answer.json()).messages
      if (last === undefined || last.atMs < askedAtMs - 1_000) return undefined
      return /\b\d{6}\b/.exec(last.body)?.[0]
    },
    { what: `a code sent to ${number}` },
  )
}

export type NewVehicle = {
  /** Which of the class chips: auto, car, van, bus. */
  readonly classIndex: number
  readonly plate: string
  readonly retestValidUntil: string
}

export async function addVehicle(page: Page, vehicle: NewVehicle): Promise<void> {
  await page.locator('form .chip').nth(vehicle.classIndex).click()
  await page.locator('input[name=plate]').fill(vehicle.plate)
  await page.locator('input[name=retest]').fill(vehicle.retestValidUntil)
  await page.locator('button.main').click()
}

/** Touches the earliest window on the page and confirms it; ends on the ticket. */
export async function bookFirstWindow(page: Page): Promise<void> {
  await page.locator('.window').first().click()
  await page.locator('.bottom .main').click()
  await page.locator('.ticket .qr').waitFor()
}

/** The booking as the cloud gives it to this driver's own session. */
export async function bookingOnPage(page: Page): Promise<Booking> {
  const id = new URL(page.url()).hash.split('/').at(-1) ?? ''
  const answer = await page.request.get(new URL(`/v1/bookings/${id}`, page.url()).href)
  return booking.parse(await answer.json())
}

/** Touches the station's card on the home page. */
export async function openStation(page: Page, name: string): Promise<void> {
  await page.locator('main section .card', { hasText: name }).click()
}
