import { z } from 'zod'
import { isLasting } from '../../domain/messaging/carrier-codes.ts'
import type { CarrierAnswer, CarrierAsk, MessageCarrier } from '../../ports/message-carrier.ts'
import type { Message, SendOutcome } from '../../ports/message-sender.ts'
import { receiptUrl, twilioClient, type TwilioAccount } from './twilio-client.ts'

/** Messages of one number looked through; one driver is sent far fewer in five minutes. */
const lookedThrough = 50
/** The carrier's clock may be behind ours by this; an equal text is ten minutes older at least. */
const clockSlackMs = 60_000

/** Texts by Twilio's messages resource of 2010-04-01, through the vendor's own client. */
export function twilioCarrier(account: TwilioAccount): MessageCarrier {
  const client = twilioClient(account)
  return {
    async send({ to, text, receiptsFor }: Message): Promise<SendOutcome> {
      try {
        const { sid } = await client.messages.create({
          ...{ to, from: account.from, body: text },
          ...(receiptsFor && { statusCallback: receiptUrl(account, receiptsFor) }),
        })
        return { kind: 'sent', ref: sid }
      } catch (reason) {
        return outcomeOf(reason)
      }
    },
    async lookUp({ to, texts, since }: CarrierAsk): Promise<CarrierAnswer> {
      try {
        const listed = await client.messages.list({ to, limit: lookedThrough, pageSize: 50 })
        const mine = listed.find(
          ({ body, dateCreated }) =>
            texts.includes(body) && dateCreated.getTime() >= since - clockSlackMs,
        )
        return mine === undefined ? { kind: 'absent' } : { kind: 'found', ref: mine.sid }
      } catch {
        // No answer is no proof that it has nothing.
        return { kind: 'unknown' }
      }
    },
  }
}

const answered = z.object({ status: z.int(), code: z.int().optional() })
const unconnected = z.object({ code: z.enum(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']) })

/** Only an answer, or no connection at all, proves that the carrier has nothing. */
function outcomeOf(reason: unknown): SendOutcome {
  const line = unconnected.safeParse(reason)
  if (line.success) return { kind: 'failed', code: line.data.code, lasting: false }
  const answer = answered.safeParse(reason)
  if (!answer.success || answer.data.status >= 500) return { kind: 'unknown' }
  const code = String(answer.data.code ?? answer.data.status)
  return { kind: 'failed', code, lasting: isLasting(code) }
}
