import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import type { Receipt } from '../../../app/messaging/receive-receipt.ts'
import type { ReadReceipt } from '../../../ports/message-carrier.ts'
import { failed } from '../problem.ts'

export type CarrierReceiptRoutes = {
  /** Undefined where no carrier is configured: then nobody may say anything. */
  readonly read: ReadReceipt | undefined
  readonly receive: (receipt: Receipt) => Promise<boolean>
  /** Counts the ones that were not the carrier's. */
  readonly onForged: () => void
}

const maxBodyBytes = 16_384
const id = z.uuid()

/**
 * What the carrier says came of a message. It signs in by its signature over address and form, has no
 * cookie and no origin, and says everything at least once.
 */
export function carrierReceiptRoutes({ read, receive, onForged }: CarrierReceiptRoutes): Hono {
  const app = new Hono()
  const path = '/carrier/messages/:id/receipt'
  app.use(path, bodyLimit({ maxSize: maxBodyBytes, onError: (c) => failed(c, 'too_long', 413) }))
  app.post(path, async (c) => {
    const message = c.req.param('id')
    const signature = c.req.header('x-twilio-signature') ?? ''
    const body = await c.req.text()
    const receipt = id.safeParse(message).success ? read?.({ body, signature, message }) : undefined
    if (receipt === undefined) {
      onForged()
      return failed(c, 'bad_signature', 403)
    }
    await receive({ ...receipt, message })
    return c.body(null, 204)
  })
  return app
}
