import type { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { bookingRequest } from '@baari/shared/contracts/http/cloud-api'
import type { BookingWish } from '../../app/bookings/make-booking.ts'
import type { Drivers } from '../../ports/people.ts'
import type { CloudEnv } from './cloud-env.ts'

/** A token carries 1 g to 500 kg; the contract's mass has no upper end. */
export const wishBody = bookingRequest.refine(({ grams }) => grams >= 1 && grams <= 500_000, {
  path: ['grams'],
  error: 'from 1 to 500,000 g',
})

type Asked = { readonly body: z.output<typeof wishBody>; readonly hold: boolean }

/** What the signed-in driver wishes from the page; undefined for a vehicle that is not theirs. */
export async function wishOf(
  c: Context<CloudEnv>,
  { drivers }: { readonly drivers: Pick<Drivers, 'vehicle'> },
  { body, hold }: Asked,
): Promise<BookingWish | undefined> {
  const driver = c.get('driver')
  const vehicle = await drivers.vehicle(driver, body.vehicle)
  if (vehicle === undefined) return undefined
  return {
    station: body.station,
    windowStart: body.windowStartMs,
    grams: body.grams,
    driver,
    vehicle,
    channel: 'app',
    hold,
    requestKey: c.req.header('idempotency-key'),
  }
}
