import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startHttpServer, type HttpServer } from '../../../src/adapters/http/http-server.ts'
import { appOf } from '../../support/door.ts'
import { goodSession, recordedDesk } from '../../support/recorded-desk.ts'

const { desk, calls } = recordedDesk()
let server: HttpServer
beforeAll(async () => {
  let app: ReturnType<typeof appOf>['app'] | undefined
  const started = await startHttpServer(
    (request, connection) => app?.fetch(request, connection) ?? new Response(null, { status: 503 }),
    { host: '127.0.0.1', port: 0 },
  )
  if (!started.ok) throw new Error(started.error)
  server = started.value
  app = appOf(desk, { port: server.port, kioskFolder: '/nowhere' }).app
})
afterAll(() => server.stop())

const home = (): string => `http://127.0.0.1:${server.port}`
const signedIn = `baari_attendant=${goodSession}`

type Change = { readonly body?: string; readonly cookie?: string }

function write({ body = '{"vehicleClass":"auto"}', cookie = signedIn }: Change): Promise<Response> {
  return fetch(`${home()}/v1/walk-ins`, {
    method: 'POST',
    body,
    headers: {
      cookie,
      origin: home(),
      'content-type': 'application/json',
      'idempotency-key': 'key-00000001',
    },
  })
}

/** The first line of the answer to these header lines, said by hand. */
function statusOf(lines: readonly string[]): Promise<string> {
  const body = '{"vehicleClass":"auto"}'
  return new Promise((resolve, reject) => {
    let heard = ''
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.end(
        ['POST /v1/walk-ins HTTP/1.1', ...lines, `content-length: ${body.length}`, '', body].join(
          '\r\n',
        ),
      ),
    )
    socket.on('data', (part) => (heard += part.toString('utf8')))
    socket.on('error', reject)
    socket.on('close', () => resolve(heard.split('\r\n')[0] ?? ''))
  })
}

const strict = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

it('an answer carries the strict headers, its type, and that no cache may keep it', async () => {
  const answer = await fetch(`${home()}/v1/me`, { headers: { cookie: signedIn } })
  expect(answer.status).toBe(200)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    ...strict,
    'content-type': 'application/json',
    'cache-control': 'no-store',
  })
})

const foreign = { method: 'POST', headers: { origin: 'http://evil.example' } }

it.each([
  ['a guard', { status: 403, path: '/v1/walk-ins', init: foreign }],
  ['nobody', { status: 404, path: '/v1/nothing', init: {} }],
  ['a rule', { status: 401, path: '/v1/me', init: {} }],
])('an answer of %s carries the strict headers too', async (_who, { status, path, init }) => {
  const answer = await fetch(`${home()}${path}`, init)
  expect(answer.status).toBe(status)
  expect(Object.fromEntries(answer.headers)).toMatchObject(strict)
})

it('who is not signed in learns nothing of the grammar', async () => {
  const answer = await write({ body: '{', cookie: 'baari_attendant=1' })
  expect(answer.status).toBe(401)
})

it('a body that is not JSON is refused as malformed', async () => {
  const answer = await write({ body: '{' })
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ code: 'malformed', detail: 'not JSON' })
})

it.each(['origin', 'host'])('a %s given twice is nobody`s', async (name) => {
  const before = calls.length
  const own = { host: `127.0.0.1:${server.port}`, origin: home() }
  const status = await statusOf([
    `host: ${own.host}`,
    `origin: ${own.origin}`,
    `${name}: ${name === 'host' ? 'evil.example' : 'http://evil.example'}`,
    `cookie: ${signedIn}`,
    'content-type: application/json',
    'idempotency-key: key-00000002',
    'connection: close',
  ])
  expect(status).toMatch(/ (400|403|421) /)
  expect(calls).toHaveLength(before)
})
