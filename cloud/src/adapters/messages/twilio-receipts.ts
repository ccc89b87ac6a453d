import twilio from 'twilio'
import { z } from 'zod'
import type { CarrierReceipt, ReadReceipt } from '../../ports/message-carrier.ts'
import { receiptUrl, type TwilioAccount } from './twilio-client.ts'

const outcomes: Readonly<Record<string, CarrierReceipt['outcome']>> = {
  ...{ accepted: 'held', scheduled: 'held', queued: 'held', sending: 'held', sent: 'held' },
  ...{ delivered: 'delivered', read: 'delivered', partially_delivered: 'undelivered' },
  ...{ undelivered: 'undelivered', failed: 'undelivered', canceled: 'undelivered' },
}

const form = z.object({
  MessageSid: z.string().min(1).max(64),
  MessageStatus: z.string().max(32),
  ErrorCode: z.string().max(16).optional(),
})

/** Reads Twilio's signed status callbacks (X-Twilio-Signature: HMAC-SHA1 over address and fields). */
export function twilioReceipts(
  account: Pick<TwilioAccount, 'authToken' | 'publicUrl'>,
): ReadReceipt {
  return ({ body, signature, message }) => {
    const fields = fieldsOf(body)
    const url = receiptUrl(account, message)
    if (!twilio.validateRequest(account.authToken, signature, url, fields)) return undefined
    const read = form.safeParse(fields)
    const outcome = read.success ? outcomes[read.data.MessageStatus] : undefined
    if (!read.success || outcome === undefined) return undefined
    return { ref: read.data.MessageSid, outcome, code: read.data.ErrorCode }
  }
}

/** A field given twice counts twice in the signature. */
function fieldsOf(body: string): Record<string, string | string[]> {
  const given = new URLSearchParams(body)
  return Object.fromEntries(
    [...new Set(given.keys())].map((name) => {
      const values = given.getAll(name)
      return [name, values.length === 1 ? (values[0] ?? '') : values]
    }),
  )
}
