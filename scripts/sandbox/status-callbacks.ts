import { createHmac } from 'node:crypto'
import type { SandboxMessage } from './message-store.ts'

export type CallbackParts = {
  readonly account: { readonly sid: string; readonly token: string }
  /** Told when a callback was not taken. */
  readonly onFault: (what: string) => void
}

const tries = 3
const deadlineMs = 5_000

/** X-Twilio-Signature: HMAC-SHA1 by the account's token over address and sorted fields, base64. */
function signatureOf(token: string, url: string, fields: Readonly<Record<string, string>>): string {
  const text = Object.keys(fields)
    .toSorted()
    .reduce((said, name) => said + name + (fields[name] ?? ''), url)
  return createHmac('sha1', token).update(text).digest('base64')
}

/** Tells the cloud what came of a message, signed as the vendor signs. */
export async function sendCallback(
  { account, onFault }: CallbackParts,
  url: string,
  message: SandboxMessage,
): Promise<void> {
  const fields = {
    AccountSid: account.sid,
    ApiVersion: '2010-04-01',
    From: message.from,
    MessageSid: message.sid,
    MessageStatus: message.status,
    SmsSid: message.sid,
    SmsStatus: message.status,
    To: message.to,
    ...(message.errorCode !== null && { ErrorCode: String(message.errorCode) }),
  }
  const signature = signatureOf(account.token, url, fields)
  for (let tried = 1; tried <= tries; tried += 1) {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'x-twilio-signature': signature, 'i-twilio-idempotency-token': message.sid },
        body: new URLSearchParams(fields),
        signal: AbortSignal.timeout(deadlineMs),
      })
      await answer.body?.cancel()
      if (answer.ok) return
      onFault(`callback of ${message.sid} answered ${answer.status}`)
    } catch (reason) {
      onFault(`callback of ${message.sid}: ${String(reason)}`)
    }
  }
}
