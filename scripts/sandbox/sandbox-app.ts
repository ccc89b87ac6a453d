import { randomBytes } from 'node:crypto'
import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { phonesPage } from './message-page.ts'
import { messagePage, messageResource } from './message-resource.ts'
import { messageStore, type MessageStore, type SandboxMessage } from './message-store.ts'
import { mishaps, mishapsAsked } from './mishaps.ts'
import { roadTable } from './road-table.ts'
import { sendCallback, type CallbackParts } from './status-callbacks.ts'

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
/** Taken, and later not delivered: 30005, unknown destination. */
const neverReached: Readonly<Record<string, number>> = { '+916000000005': 30005 }

export type SandboxParts = CallbackParts & {
  readonly now: () => number
  /** Handed what is still to be told of a message that was taken; it never fails. */
  readonly onTaken?: (told: Promise<void>) => void
}

/**
 * Speaks the messages resource of Twilio's 2010-04-01 API from memory, with signed status callbacks.
 * What goes in shows at `/` for people and at /log for programs; /mishaps makes it fail.
 * The roads are those of OSRM's table service, the same for the same places.
 */
export function sandboxApp(parts: SandboxParts): Hono {
  const { account, now } = parts
  const store = messageStore(keptMessages)
  const faults = mishaps()
  const app = new Hono()
  app.use(bodyLimit({ maxSize: maxBodyBytes }))
  app.use(async (c, next) => {
    await next()
    c.header('x-baari', 'SANDBOX')
  })
  app.get('/', (c) => c.html(phonesPage(store.list({ to: undefined, limit: 100 }))))
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/log', (c) => {
    const limit = Math.min(Math.max(Number(c.req.query('limit') ?? 50) || 50, 1), keptMessages)
    return c.json({ messages: store.list({ to: c.req.query('to'), limit }) })
  })
  app.get('/table/v1/driving/:spots', (c) => {
    const { status, body } = roadTable(c.req.param('spots'), c.req.query())
    return c.json(body, status)
  })
  app.post('/mishaps', async (c) => {
    const asked = mishapsAsked.safeParse(await c.req.json())
    if (!asked.success) return c.json({ error: asked.error.message }, 400)
    faults.ask(asked.data)
    return c.body(null, 204)
  })
  app.use('/2010-04-01/Accounts/:sid/*', async (c, next) => {
    const login = Buffer.from(`${account.sid}:${account.token}`).toString('base64')
    const known = c.req.param('sid') === account.sid
    if (!known || c.req.header('authorization') !== `Basic ${login}`)
      return refuse(c, { status: 401, code: 20003, message: 'Authenticate' })
    return next()
  })
  app.get('/2010-04-01/Accounts/:sid/:file{Messages\\.json}', (c) => {
    const limit = Math.min(Number(c.req.query('PageSize') ?? 50) || 50, keptMessages)
    return c.json(messagePage(account.sid, store.list({ to: c.req.query('To'), limit })))
  })
  app.post('/2010-04-01/Accounts/:sid/:file{Messages\\.json}', async (c) => {
    const form = new URLSearchParams(await c.req.text())
    const [to = '', from = '', body = ''] = ['To', 'From', 'Body'].map((n) => form.get(n) ?? '')
    const flaw = flawOf(to, body)
    if (flaw !== undefined) return refuse(c, { status: 400, ...flaw })
    const mishap = faults.next()
    if (mishap === 'busy') {
      return refuse(c, { status: 429, code: 20429, message: 'Too Many Requests' })
    }
    if (mishap === 'lost') return refuse(c, { status: 500, code: 20500, message: 'Server error' })
    const message = takenMessage({ to, from, body, atMs: now() })
    store.add(message)
    const url = form.get('StatusCallback')
    if (url !== null && faults.receipts()) {
      const told = deliver({ parts, store }, url, message)
      parts.onTaken?.(told)
    }
    if (mishap === 'taken') return refuse(c, { status: 500, code: 20500, message: 'Server error' })
    return c.json(messageResource(account.sid, message), 201)
  })
  return app
}

const takenMessage = (
  of: Pick<SandboxMessage, 'to' | 'from' | 'body' | 'atMs'>,
): SandboxMessage => ({
  ...of,
  sid: `SM${randomBytes(16).toString('hex')}`,
  status: 'queued',
  errorCode: null,
})

/** Sent, then delivered or given up; each is told, and the first often before our own answer. */
async function deliver(
  { parts, store }: { readonly parts: SandboxParts; readonly store: MessageStore },
  url: string,
  message: SandboxMessage,
): Promise<void> {
  const lost = neverReached[message.to] ?? null
  for (const status of ['sent', lost === null ? 'delivered' : 'undelivered'] as const) {
    const errorCode = status === 'undelivered' ? lost : null
    const now = { ...message, status, errorCode }
    store.change(now)
    await sendCallback(parts, url, now)
  }
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

type Refused = Flaw & { readonly status: 400 | 401 | 429 | 500 }

function refuse(c: Context, { status, ...error }: Refused): Response {
  const more_info = `https://www.twilio.com/docs/errors/${error.code}`
  return c.json({ ...error, more_info, status }, status)
}
