import { randomBytes } from 'node:crypto'
import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { messageStore } from './message-store.ts'

const keptMessages = 500
const maxBodyBytes = 16_384
const maxTextLength = 1_600

/** Numbers that fail in a known way, as at the vendor, but in our own numbering plan. */
const magicNumbers: Readonly<Record<string, { readonly code: number; readonly message: string }>> =
  {
    '+916000000001': { code: 21211, message: 'The To phone number is not a valid phone number.' },
    '+916000000002': { code: 21614, message: 'To number is not a valid mobile number.' },
    '+916000000003': { code: 21610, message: 'Attempt to send to unsubscribed recipient.' },
  }

/**
 * Speaks the messages resource of Twilio's 2010-04-01 API from memory: what goes in shows at /log.
 * Any account is let in; it is reachable from this machine only.
 */
export function sandboxApp(now: () => number): Hono {
  const store = messageStore(keptMessages)
  const app = new Hono()
  app.use(bodyLimit({ maxSize: maxBodyBytes }))
  app.use(async (c, next) => {
    await next()
    c.header('x-baari', 'SANDBOX')
  })
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/log', (c) => {
    const limit = Math.min(Math.max(Number(c.req.query('limit') ?? 50) || 50, 1), keptMessages)
    return c.json({ messages: store.list({ to: c.req.query('to'), limit }) })
  })
  app.post('/2010-04-01/Accounts/:sid/:file{Messages\\.json}', async (c) => {
    const login = c.req.header('authorization') ?? ''
    if (!login.startsWith('Basic '))
      return refuse(c, { status: 401, code: 20003, message: 'Authenticate' })
    const form = new URLSearchParams(await c.req.text())
    const [to, from, body] = ['To', 'From', 'Body'].map((name) => form.get(name) ?? '')
    const flaw = flawOf(to ?? '', body ?? '')
    if (flaw !== undefined) return refuse(c, { status: 400, ...flaw })
    const message = {
      sid: `SM${randomBytes(16).toString('hex')}`,
      to: to ?? '',
      from: from ?? '',
      body: body ?? '',
      atMs: now(),
    }
    store.add(message)
    return c.json(messageResource(c.req.param('sid'), message), 201)
  })
  return app
}

type Flaw = { readonly code: number; readonly message: string }

function flawOf(to: string, body: string): Flaw | undefined {
  if (body === '') return { code: 21602, message: 'Message body is required.' }
  if (body.length > maxTextLength) {
    return {
      code: 21617,
      message: 'The concatenated message body exceeds the 1600 character limit.',
    }
  }
  if (!/^\+[1-9]\d{6,14}$/.test(to)) {
    return { code: 21211, message: `Invalid 'To' Phone Number: ${to.slice(0, 20)}` }
  }
  return magicNumbers[to]
}

function refuse(c: Context, { status, ...error }: Flaw & { readonly status: 400 | 401 }): Response {
  const more_info = `https://www.twilio.com/docs/errors/${error.code}`
  return c.json({ ...error, more_info, status }, status)
}

/** GSM-7 texts hold 160 characters, others 70 (UCS-2). */
function segmentsOf(body: string): number {
  const plain = /^[\u0000-\u007f]*$/.test(body)
  return Math.ceil(body.length / (plain ? 160 : 70))
}

function messageResource(
  accountSid: string,
  message: { sid: string; to: string; from: string; body: string; atMs: number },
) {
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${message.sid}`
  const at = new Date(message.atMs).toUTCString().replace('GMT', '+0000')
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: at,
    date_sent: null,
    date_updated: at,
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from: message.from,
    messaging_service_sid: null,
    num_media: '0',
    num_segments: String(segmentsOf(message.body)),
    price: null,
    price_unit: 'USD',
    sid: message.sid,
    status: 'queued',
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`,
  }
}
