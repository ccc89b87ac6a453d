import { serve, type ServerType } from '@hono/node-server'
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { composeCloud, type Cloud } from '@baari/cloud/compose'
import { seedDemo } from '@baari/cloud/compose/seed-demo'
import { readConfig } from '@baari/cloud/config'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../cloud/test/test-database.ts'
import { sandboxApp } from '../sandbox/sandbox-app.ts'

const origin = 'http://cloud.test'
const account = { sid: `AC${'0a'.repeat(16)}`, token: randomUUID() }
const login = `Basic ${Buffer.from(`${account.sid}:${account.token}`).toString('base64')}`
const faults: string[] = []
const contract = fileURLToPath(
  new URL('../../../shared/data/vendors/twilio/twilio_api_v2010.json', import.meta.url),
)

let sandbox: ServerType
let sandboxUrl: string
let folder: string
let database: TestDatabase
let pool: Pool
let cloud: Cloud

beforeAll(async () => {
  const bound = await new Promise<AddressInfo>((resolve) => {
    const app = sandboxApp({ now: Date.now, account, onFault: (what) => faults.push(what) })
    sandbox = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, resolve)
  })
  sandboxUrl = `http://127.0.0.1:${bound.port}`
  folder = await mkdtemp(join(tmpdir(), 'baari-sandbox-'))
  database = await createTestDatabase()
  pool = new Pool({ connectionString: database.url, max: 4 })
  pool.on('error', () => undefined)
  await seedDemo(pool, demo())
  cloud = await composeCloud(
    readConfig({
      BAARI_DATABASE_URL: database.url,
      BAARI_CLOUD_DATA: folder,
      BAARI_CLOUD_PORT: '0',
      BAARI_CLOUD_ORIGINS: origin,
      SANDBOX_URL: sandboxUrl,
      BAARI_PUBLIC_URL: 'http://127.0.0.1:9',
      TWILIO_ACCOUNT_SID: account.sid,
      TWILIO_AUTH_TOKEN: account.token,
      TWILIO_FROM: 'BAARI',
    }),
  )
})
afterAll(async () => {
  await cloud?.stop()
  await pool?.end()
  await database?.drop()
  sandbox?.close()
  await rm(folder, { recursive: true, force: true })
})

function demo() {
  const station = {
    no: 42,
    id: randomUUID(),
    name: 'Demo',
    address: 'Road',
    pricePaisePerKg: paisePerKg(9_200),
    positions: [['ngv1'] as const],
    compressorGramsPerHour: grams(900_000),
  }
  return { station, attendants: [], operators: [] }
}

function post(path: string, body: unknown): Promise<Response> {
  return fetch(new URL(path, cloud.url), {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

async function sentTo(phone: string): Promise<readonly { body: string }[]> {
  const log = await fetch(`${sandboxUrl}/log?to=${encodeURIComponent(phone)}`)
  return ((await log.json()) as { messages: { body: string }[] }).messages
}

const codeIn = (text: string | undefined): string => /\d{6}/.exec(text ?? '')?.[0] ?? ''
const other = (code: string): string => (code === '000000' ? '000001' : '000000')

describe('signing in by phone', () => {
  it('the code of the message opens a session once, with a cookie no script reads', async () => {
    const phone = '+919812345001'
    expect((await post('/v1/auth/otp', { phone })).status).toBe(202)
    const code = codeIn((await sentTo(phone))[0]?.body)
    expect((await post('/v1/auth/verify', { phone, code: other(code) })).status).toBe(401)
    const signedIn = await post('/v1/auth/verify', { phone, code })
    expect([signedIn.status, await signedIn.json()]).toMatchObject([200, { phone, vehicles: [] }])
    expect(signedIn.headers.get('set-cookie')).toMatch(/^baari_driver=.*HttpOnly.*SameSite=Lax/i)
    const again = await post('/v1/auth/verify', { phone, code })
    expect(((await again.json()) as { code: string }).code).toBe('otp_expired')
  })

  it('five wrong tries spend the code, also for the right one', async () => {
    const phone = '+919812345002'
    await post('/v1/auth/otp', { phone, language: 'hi' })
    const code = codeIn((await sentTo(phone))[0]?.body)
    for (let n = 0; n < 5; n += 1) await post('/v1/auth/verify', { phone, code: other(code) })
    const late = await post('/v1/auth/verify', { phone, code })
    expect([late.status, ((await late.json()) as { code: string }).code]).toEqual([
      401,
      'otp_expired',
    ])
  })

  it('a second code within a minute is refused with the time to wait, in a burst as well', async () => {
    const phone = '+919812345003'
    const answers = await Promise.all([1, 2, 3, 4].map(() => post('/v1/auth/otp', { phone })))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 429, 429, 429])
    const wait = answers.find(({ status }) => status === 429)?.headers.get('retry-after')
    expect(Number(wait)).toBeGreaterThan(50)
    expect(await sentTo(phone)).toHaveLength(1)
  })

  it('a number the vendor refuses gets the same answer as any other', async () => {
    const refused = await post('/v1/auth/otp', { phone: '+916000000002' })
    expect([refused.status, await refused.text()]).toEqual([202, ''])
    const { rows } = await pool.query<{ state: string }>(
      `SELECT state FROM outgoing_message ORDER BY created_at_ms DESC LIMIT 1`,
    )
    expect(rows).toEqual([{ state: 'failed' }])
  })

  it('an address that asked ten times in an hour waits, whatever the number', async () => {
    const statuses: number[] = []
    for (let n = 0; n < 10; n += 1) {
      statuses.push((await post('/v1/auth/otp', { phone: `+9198123460${10 + n}` })).status)
    }
    expect(statuses.at(-1)).toBe(429)
  })

  it('no number and no code lies readable in the database, and the keys are the owner’s alone', async () => {
    const [latest] = await sentTo('+919812345001')
    const secrets = ['9812345001', codeIn(latest?.body)]
    const tables = await pool.query<{ t: string }>(
      `SELECT table_name t FROM information_schema.tables WHERE table_schema = 'public'`,
    )
    for (const { t } of tables.rows) {
      // As text PostgreSQL shows bytes in hexadecimal, so both spellings are looked for.
      const { rows } = await pool.query<{ row: string }>(`SELECT "${t}"::text AS row FROM "${t}"`)
      const text = rows.map(({ row }) => row).join()
      for (const secret of secrets) {
        expect(text).not.toContain(Buffer.from(secret).toString('hex'))
        if (secret.length > 6) expect(text).not.toContain(secret)
      }
    }
    expect(statSync(join(folder, 'cloud-keys.json')).mode & 0o777).toBe(0o600)
  })
})

describe('the sandbox', () => {
  it.skipIf(!existsSync(contract))(
    'answers a message with every field of the vendor’s contract (needs the vendor file)',
    async () => {
      const answer = await fetch(`${sandboxUrl}/2010-04-01/Accounts/${account.sid}/Messages.json`, {
        method: 'POST',
        headers: { authorization: login },
        body: new URLSearchParams({ To: '+919812345678', From: 'BAARI', Body: 'Hello' }),
      })
      const schemas = JSON.parse(readFileSync(contract, 'utf8')) as {
        components: { schemas: Record<string, { properties: Record<string, unknown> }> }
      }
      const message = schemas.components.schemas['api.v2010.account.message']
      expect(answer.status).toBe(201)
      expect(answer.headers.get('x-baari')).toBe('SANDBOX')
      expect(Object.keys((await answer.json()) as object).toSorted()).toEqual(
        Object.keys(message?.properties ?? {}).toSorted(),
      )
    },
  )

  it('refuses a missing login, an empty text and a bad number with the vendor’s codes', async () => {
    const send = async (form: Record<string, string>, given = login) => {
      const answer = await fetch(`${sandboxUrl}/2010-04-01/Accounts/${account.sid}/Messages.json`, {
        method: 'POST',
        headers: { authorization: given },
        body: new URLSearchParams(form),
      })
      return [answer.status, ((await answer.json()) as { code: number }).code]
    }
    expect(await send({ To: '+919812345678', Body: 'x' }, '')).toEqual([401, 20003])
    expect(await send({ To: '+919812345678' })).toEqual([400, 21602])
    expect(await send({ To: '12', Body: 'x' })).toEqual([400, 21211])
    expect(await send({ To: '+916000000003', Body: 'x' })).toEqual([400, 21610])
  })
})
