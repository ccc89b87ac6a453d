import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { after, hours, minutes } from '@baari/shared/units/time'
import type { MessageLog, MessageSender } from '../../ports/message-sender.ts'
import type { CodeLimits, OneTimeCodes } from '../../ports/one-time-codes.ts'
import type { Phone } from '../../ports/people.ts'

export type CodeAsk = {
  readonly phone: Phone
  readonly language: 'en' | 'hi'
  readonly address: string
}

export type AskDeps = {
  readonly codes: OneTimeCodes
  readonly sender: MessageSender
  readonly log: MessageLog
  readonly clock: Clock
  readonly ids: IdSource
}

/** integrations.md section 12: a number 1 in 60 s and 5 a day, an address 10 an hour. */
const limits: CodeLimits = {
  phone: [
    { count: 1, per: minutes(1) },
    { count: 5, per: hours(24) },
  ],
  address: [{ count: 10, per: hours(1) }],
}
export const codeLifetime = minutes(5)

const texts: Readonly<Record<CodeAsk['language'], (digits: string) => string>> = {
  en: (digits) => `${digits} is your Baari code. It works for 5 minutes. Give it to nobody.`,
  hi: (digits) => `${digits} आपका Baari कोड है। यह 5 मिनट चलेगा। किसी को न बताएँ।`,
}

/**
 * Sends a six-digit code. Known and unknown numbers are treated alike, and a message that could
 * not be sent is not told to the asker either: who does not get it asks again. Refuses only with
 * rate_limited.
 */
export async function askCode(deps: AskDeps, ask: CodeAsk): Promise<Result<void, Refusal>> {
  const now = deps.clock.now()
  const digits = sixDigits(deps.ids)
  const issued = await deps.codes.issue(
    { ...ask, digits, now, expires: after(now, codeLifetime) },
    limits,
  )
  if (issued !== 'issued') {
    return err(refusal('rate_limited', { retryAfterS: Math.ceil(issued.waitMs / 1000) }))
  }
  const id = await deps.log.open('otp', ask.phone)
  const outcome = await deps.sender.send({ to: ask.phone, text: texts[ask.language](digits) })
  await deps.log.close(id, outcome)
  return ok(undefined)
}

/** 48 random bits over a million: the bias is one in 10^8. */
function sixDigits(ids: IdSource): string {
  return String(Number.parseInt(ids.hex(6), 16) % 1_000_000).padStart(6, '0')
}
