import type { Page } from 'playwright-core'
import { z } from 'zod'
import { startBrowser } from '../browser.ts'
import type { SceneContext } from '../scene.ts'
import type { SceneWorld } from '../scene-world.ts'
import { until } from '../until.ts'
import { addVehicle, bookFirstWindow, bookingOnPage, openStation, signInDriver } from './driver.ts'
import { screenPage } from './station-at-work.ts'
import type { Booking } from '@baari/shared/contracts/http/cloud-api'

const log = z.object({
  messages: z.array(z.object({ body: z.string(), atMs: z.number(), status: z.string() })),
})

export type Sms = z.output<typeof log>['messages'][number]

/** Waits until a phone has a text like this: sent, and its receipt told. */
export function smsDelivered(
  { sandboxUrl }: SceneWorld,
  number: string,
  like: RegExp,
): Promise<Sms> {
  const to = encodeURIComponent(`+91${number}`)
  return until(
    async () => {
      const { messages } = log.parse(await (await fetch(`${sandboxUrl}/log?to=${to}`)).json())
      return messages.find(({ body, status }) => like.test(body) && status === 'delivered')
    },
    { what: `a text like ${like} at ${number}` },
  )
}

export type Traveller = { readonly number: string; readonly plate: string }

/** A fresh phone on the page of the demo's station, its driver signed in. */
export async function phoneSignedIn(
  context: SceneContext,
  at: SceneWorld,
  number: string,
): Promise<Page> {
  const page = await screenPage(context, at.cloudUrl, { width: 360, height: 640 })
  await openStation(page, 'Vastrapur')
  await signInDriver({ page, number, ...at })
  return page
}

/** A phone that signs in, adds its vehicle and books the nearest window; ends on the ticket. */
export async function phoneWithTicket(
  context: SceneContext,
  at: SceneWorld,
  { number, plate }: Traveller,
): Promise<{ readonly page: Page; readonly booking: Booking }> {
  const page = await phoneSignedIn(context, at, number)
  await addVehicle(page, { classIndex: 0, plate, retestValidUntil: '2028-12-31' })
  await bookFirstWindow(page)
  return { page, booking: await bookingOnPage(page) }
}

/** What the phones of this world have received, as the sandbox shows it to a person. */
export async function pictureMessages(
  context: SceneContext,
  at: SceneWorld,
  what: string,
): Promise<void> {
  const browser = await startBrowser({ width: 360, height: 640 })
  try {
    const page = browser.context.pages()[0] ?? (await browser.context.newPage())
    await page.goto(at.sandboxUrl)
    await context.picture(page, what)
  } finally {
    await browser.close()
  }
}
