import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashPassword } from '@baari/cloud/adapters/keys/argon2-passwords'
import { composeCloud, type Cloud } from '@baari/cloud/compose'
import { openSession } from '@baari/edge/adapters/sync/session-client'
import { openStationKeys, type StationKeys } from '@baari/edge/adapters/system/station-keys'
import { enrolNode, keysFileName } from '@baari/edge/compose/enrol-node'
import { stationShapes } from '@baari/shared/contracts/sync/shapes'
import { systemClock } from '@baari/cloud/adapters/system/system-clock'
import { Command } from 'commander'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { cloudWorld, type CloudWorld } from '../../../cloud/test/support/cloud-world.ts'
import { register as registerCloud } from '../../cli/commands/cloud.ts'
import { register as registerEdge } from '../../cli/commands/edge.ts'

const login = { email: 'head@example.in', password: 'right password' }
let world: CloudWorld
let cloud: Cloud
let folder: string

beforeAll(async () => {
  world = await cloudWorld()
  for (const [email, role] of [
    [login.email, 'operator'],
    ['eyes@example.in', 'auditor'],
  ]) {
    await world.pool.query(
      `INSERT INTO operator (id, email, name, role, password_hash) VALUES ($1, $2, 'H', $3, $4)`,
      [randomUUID(), email, role, await hashPassword(login.password)],
    )
  }
  const port = await freePort()
  // The command line names the cloud's own address as its origin.
  const origins = [...world.config.origins, `http://127.0.0.1:${port}`]
  cloud = await composeCloud({ ...world.config, port, origins })
})
afterAll(async () => {
  await cloud?.stop()
  await world?.dispose()
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baari-enrol-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  process.exitCode = undefined
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
})

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(new URL(path, cloud.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'http://cloud.test', ...headers },
    body: JSON.stringify(body),
  })

async function operatorCookie(email = login.email): Promise<string> {
  const answer = await post('/v1/operator/sign-in', { ...login, email })
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

async function giveCode(): Promise<string> {
  const answer = await post('/v1/stations/42/enrol-code', {}, { cookie: await operatorCookie() })
  expect(answer.status).toBe(201)
  return ((await answer.json()) as { code: string }).code
}

const enrol = (code: string, dataFolder = folder) =>
  enrolNode({ dataFolder, cloudUrl: cloud.url, station: 42, code })

function keysIn(dataFolder = folder): StationKeys {
  const keys = openStationKeys(join(dataFolder, keysFileName))
  if (!keys.ok) throw new Error(keys.error)
  return keys.value
}

/** Signs in with the keys of a folder, as the node does. */
function signIn(keys: StationKeys) {
  return openSession(
    {
      baseUrl: cloud.url,
      fetch,
      clock: systemClock,
      onTime: () => undefined,
      identity: {
        station: 42,
        kid: keys.kid,
        instance: randomUUID().replaceAll('-', ''),
        sign: (text) => Buffer.from(keys.sign(Buffer.from(text))).toString('base64url'),
      },
    },
    { epoch: 'ab'.repeat(8), prevEpoch: null, prevHeads: [], signal: AbortSignal.timeout(10_000) },
  )
}

const secretAtCloud = async (): Promise<Buffer> => {
  const { rows } = await world.pool.query<{ sealed: Buffer }>(
    'SELECT k_station_sealed AS sealed FROM station_secret WHERE station_no = 42',
  )
  return rows[0]?.sealed ?? Buffer.alloc(0)
}

describe('enrolment', () => {
  it('a code makes a node the station: it holds its keys alone, signs in and knows the cloud', async () => {
    const enrolled = await enrol(await giveCode())
    expect(enrolled.ok).toBe(true)
    const path = join(folder, keysFileName)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const keys = keysIn()
    expect(keys.kid).toBe(129)
    expect(keys.kStation).toHaveLength(32)
    const { rows } = await world.pool.query(
      'SELECT kid, public_key AS "publicKey" FROM signing_key',
    )
    expect(keys.anchors).toEqual(rows)
    const session = await signIn(keys)
    expect(session.ok).toBe(true)
    const token = session.ok ? session.value.token : ''
    const again = await fetch(new URL('/v1/enrol/key', cloud.url), {
      headers: { authorization: `Bearer ${token}` },
    })
    const { k_station: wrapped } = (await again.json()) as { k_station: string }
    const opened = keys.unwrap(42, wrapped)
    expect(opened.ok && Buffer.from(opened.value)).toEqual(keys.kStation)
    expect((await fetch(new URL('/v1/enrol/key', cloud.url))).status).toBe(401)
  })

  it('K_station lies sealed, in a table of its own that no shape may name', async () => {
    await enrol(await giveCode())
    const secret = Buffer.from(keysIn().kStation ?? [])
    expect(secret).toHaveLength(32)
    const sealed = await secretAtCloud()
    expect(sealed.includes(secret)).toBe(false)
    expect(world.openSealed(sealed, 'station_secret:k_station:42')).toEqual(secret)
    expect(() => world.openSealed(sealed, 'station_secret:k_station:43')).toThrow()
    expect(Object.keys(stationShapes)).not.toContain('station_secret')
    const session = await signIn(keysIn())
    const token = session.ok ? session.value.token : ''
    const shape = await fetch(new URL('/v1/shape?table=station_secret&offset=-1', cloud.url), {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(shape.status).toBe(403)
    // Nowhere in the database, in any form a backup would carry it.
    const dump = await world.pool.query<{ text: string }>(
      `SELECT string_agg(t::text, ' ') AS text FROM station t`,
    )
    expect(dump.rows[0]?.text).not.toContain(secret.toString('hex'))
  })

  it('a code is good once: the second node is told that it was used', async () => {
    const code = await giveCode()
    expect((await enrol(code)).ok).toBe(true)
    const other = join(folder, 'other')
    const second = await enrol(code, other)
    expect(second.ok ? '' : second.error).toContain('enrol_code_used')
    expect(keysIn(other).kStation).toBeUndefined()
  })

  it('five wrong tries void the code; a new one works', async () => {
    const code = await giveCode()
    for (let n = 0; n < 5; n += 1) {
      const wrong = await enrol('0000-0000-0000')
      expect(wrong.ok ? '' : wrong.error).toContain('enrol_code_wrong')
    }
    expect((await enrol(code)).ok).toBe(false)
    expect((await enrol(await giveCode())).ok).toBe(true)
  })

  it('a code dies after 24 h, and when another is given', async () => {
    const first = await giveCode()
    const second = await giveCode()
    expect((await enrol(first)).ok).toBe(false)
    await world.pool.query('UPDATE enrol_code SET expires_at_ms = $1', [Date.now() - 1])
    expect((await enrol(second)).ok).toBe(false)
  })

  it('a request that another key has signed, or that is no request, enrols nobody', async () => {
    const code = await giveCode()
    const keys = keysIn()
    const body = { station: 42, code, public_key: keys.publicKey, wrap_key: keys.wrapKey }
    const sig = Buffer.from(keys.sign(Buffer.from('another text'))).toString('base64url')
    expect((await post('/v1/enrol', { ...body, sig })).status).toBe(401)
    expect((await post('/v1/enrol', { ...body, sig, public_key: 'short' })).status).toBe(400)
    expect((await post('/v1/enrol', { ...body, sig, station: 9_998 })).status).toBe(401)
  })

  it('enrolling again ends the sessions and the secret of the keys before', async () => {
    await enrol(await giveCode())
    const [stolen, secret] = [keysIn(), await secretAtCloud()]
    const session = await signIn(stolen)
    const fresh = join(folder, 'fresh')
    expect((await enrol(await giveCode(), fresh)).ok).toBe(true)
    expect(keysIn(fresh).kid).toBe(stolen.kid + 1)
    expect(await secretAtCloud()).not.toEqual(secret)
    expect((await signIn(stolen)).ok).toBe(false)
    const token = session.ok ? session.value.token : ''
    const head = await fetch(new URL('/v1/uplink/ledger/head', cloud.url), {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(head.status).toBe(401)
  })

  it('a code is given by operators only, and remembered by nobody', async () => {
    expect((await post('/v1/stations/42/enrol-code', {})).status).toBe(401)
    const cookie = await operatorCookie('eyes@example.in')
    expect((await post('/v1/stations/42/enrol-code', {}, { cookie })).status).toBe(403)
    const own = { cookie: await operatorCookie(), 'idempotency-key': randomUUID() }
    expect((await post('/v1/stations/9998/enrol-code', {}, own)).status).toBe(404)
    const given = await post('/v1/stations/42/enrol-code', {}, own)
    const { code } = (await given.json()) as { code: string }
    const { rows } = await world.pool.query<{ text: string | null }>(
      `SELECT string_agg(t::text, ' ') AS text FROM (
         SELECT i::text AS t FROM idempotency i UNION ALL SELECT e::text FROM enrol_code e) all_rows`,
    )
    expect(rows[0]?.text ?? '').not.toContain(code)
  })

  it('head office asks for the code on its command line, the technician types it on his', async () => {
    let said = ''
    const hear = (text: string | Uint8Array): boolean => {
      said += String(text)
      return true
    }
    vi.spyOn(process.stdout, 'write').mockImplementation(hear)
    vi.spyOn(process.stderr, 'write').mockImplementation(hear)
    vi.stubEnv('BAARI_OPERATOR_PASSWORD', login.password)
    const at = ['--station', '42', '--cloud', cloud.url]
    const run = async (...args: string[]): Promise<void> => {
      const program = new Command('baari')
      registerCloud(program)
      registerEdge(program)
      await program.parseAsync(['node', 'baari', ...args])
    }
    await run('cloud', 'enrol-code', ...at, '--email', login.email)
    const code = /Code for station 42: (\S+)/.exec(said)?.[1] ?? ''
    await run('edge', 'enrol', ...at, '--code', code.toLowerCase(), '--data', folder)
    expect(said).toContain('This node is station 42, key ')
    expect(process.exitCode).toBeUndefined()
    await run('edge', 'enrol', ...at, '--code', code, '--data', folder)
    expect(said).toContain('enrol_code_used')
    expect(process.exitCode).toBe(1)
    expect(existsSync(join(folder, keysFileName))).toBe(true)
    expect(readFileSync(join(folder, keysFileName), 'utf8')).not.toContain(code)
  })
})
