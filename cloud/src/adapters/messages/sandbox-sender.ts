import { z } from 'zod'
import type { MessageSender, SendOutcome } from '../../ports/message-sender.ts'

export type SandboxOptions = {
  /** Loopback address of the sandbox; checked by the configuration. */
  readonly baseUrl: string
  readonly accountSid: string
  readonly authToken: string
  readonly from: string
  readonly deadlineMs: number
}

const created = z.object({ sid: z.string().max(64) })
const refused = z.object({ code: z.number().int() })
const maxAnswerBytes = 16_384

/** Twilio's wire form: POST /2010-04-01/Accounts/{AccountSid}/Messages.json, form-encoded. */
export function sandboxSender(options: SandboxOptions): MessageSender {
  const path = `/2010-04-01/Accounts/${options.accountSid}/Messages.json`
  const login = Buffer.from(`${options.accountSid}:${options.authToken}`).toString('base64')
  return {
    async send({ to, text }) {
      try {
        const answer = await fetch(new URL(path, options.baseUrl), {
          method: 'POST',
          headers: { authorization: `Basic ${login}`, 'x-twilio-service': 'api' },
          body: new URLSearchParams({ To: to, From: options.from, Body: text }),
          signal: AbortSignal.timeout(options.deadlineMs),
          redirect: 'error',
        })
        const body = (await answer.text()).slice(0, maxAnswerBytes)
        return outcomeOf(answer.status, body)
      } catch {
        // Timeout or broken line: the provider may have it all the same.
        return { kind: 'unknown' }
      }
    },
  }
}

function outcomeOf(status: number, body: string): SendOutcome {
  if (status === 201) {
    const message = parsed(created, body)
    return message === undefined ? { kind: 'unknown' } : { kind: 'sent', ref: message.sid }
  }
  if (status >= 500) return { kind: 'unknown' }
  return { kind: 'failed', code: String(parsed(refused, body)?.code ?? status) }
}

function parsed<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    const result = schema.safeParse(JSON.parse(text))
    return result.success ? result.data : undefined
  } catch {
    return undefined
  }
}

/** Stands in where no provider is configured: every message fails and the log says why. */
export const noProvider: MessageSender = {
  send: () => Promise.resolve({ kind: 'failed', code: 'no_provider' }),
}
