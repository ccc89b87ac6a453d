import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { createMiddleware } from 'hono/factory'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  electricProxyRoutes,
  type ElectricProxyDeps,
} from '../../../src/adapters/shape/electric-proxy.ts'
import { listen, type Listening } from '../../../src/adapters/http/serve.ts'
import { systemClock } from '../../../src/adapters/system/system-clock.ts'
import type { StationSession } from '../../../src/ports/station-sessions.ts'
import { startCloudProcess, type CloudProcess } from '../../support/cloud-process.ts'
import { idCounter, rowsOf, shapeClient } from '../../support/shape-client.ts'
import { shapeDatabase } from '../../support/shape-world.ts'
import { addBooking } from '../../support/sync-world.ts'

type Database = Awaited<ReturnType<typeof shapeDatabase>>
let db: Database
let folder: string
let service: CloudProcess
let gate: Listening
const faults: unknown[] = []

const admit = createMiddleware<{ Variables: { session: StationSession } }>(async (c, next) => {
  const stationNo = Number(/^Bearer (\d+)$/.exec(c.req.header('authorization') ?? '')?.[1])
  if (!Number.isInteger(stationNo)) return c.json({ message: 'no' }, 401)
  c.set('session', { stationNo, instance: '', generation: 1, epoch: '' })
  return next()
})

function gateBefore(url: string, more: Partial<ElectricProxyDeps['service']> = {}) {
  const routes = electricProxyRoutes({
    service: { url, secret: 'hush', ...more },
    ...{ admit, fetch, clock: systemClock, prng: seededPrng(1) },
    onFault: (error) => faults.push(error),
  })
  return listen(routes.fetch, { host: '127.0.0.1', port: 0 })
}

beforeAll(async () => {
  db = await shapeDatabase()
  folder = mkdtempSync(join(tmpdir(), 'baari-proxy-'))
  // Our own unrestricted mode stands in for the service: same protocol, another process.
  service = await startCloudProcess({
    BAARI_DATABASE_URL: db.url,
    BAARI_CLOUD_DATA: folder,
    BAARI_CLOUD_PORT: '0',
    BAARI_SHAPE_UNRESTRICTED: '1',
    BAARI_SHAPE_CHUNK_BYTES: '4000',
    BAARI_SHAPE_LONG_POLL_MS: '1500',
  })
  gate = await gateBefore(service.url)
})
afterAll(async () => {
  await gate.stop(500)
  await service.terminate()
  await db.drop()
  rmSync(folder, { recursive: true, force: true })
})

const newId = idCounter()
const { ask, readAll } = shapeClient(() => gate.url)

describe('a gatekeeper before an Electric service', () => {
  it('serves a station its own rows, by chunks and live, and no shared cache may keep them', async () => {
    const ids = Array.from({ length: 30 }, newId)
    for (const id of ids) await addBooking(db.pool, { id })
    await addBooking(db.pool, { id: newId(), stationNo: 43 })
    const first = await ask({ table: 'booking', offset: '-1', where: 'true' })
    expect(first.headers.get('cache-control')).toMatch(/^private, max-age=604800/)
    const { messages, handle, offset } = await readAll()
    expect(rowsOf(messages).map((m) => m.value?.['id'])).toEqual(ids)
    expect(messages[0]?.value).not.toHaveProperty('price_paise_per_kg')
    const held = ask({ table: 'booking', handle, offset, live: 'true' })
    const late = newId()
    await addBooking(db.pool, { id: late })
    expect(rowsOf((await held).messages).map((m) => m.value?.['id'])).toEqual([late])
    const gone = await ask({ table: 'booking', handle: 'x', offset: '0_0' })
    expect(gone.status).toBe(409)
    expect(gone.handle).toBe(handle)
  })

  it.each([
    ['a table outside the list', { table: 'station', offset: '-1' }, 403],
    ['a subset', { table: 'booking', offset: '-1', subset__where: 'true' }, 403],
    ['no table', { offset: '-1' }, 400],
  ])('%s does not get through', async (_case, params, status) => {
    expect((await ask(params)).status).toBe(status)
  })

  it('without a session nothing is asked', async () => {
    expect((await fetch(new URL('/v1/shape?table=booking&offset=-1', gate.url))).status).toBe(401)
  })

  it('health is the service’s', async () => {
    expect((await fetch(new URL('/v1/health', gate.url))).status).toBe(200)
    const lost = await gateBefore('http://127.0.0.1:9')
    expect((await fetch(new URL('/v1/health', lost.url))).status).toBe(202)
    const answer = await ask({ table: 'booking', offset: '-1' }, { url: lost.url })
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    await lost.stop(500)
  })
})

describe('what reaches the service', () => {
  let upstream: Server
  let url: string
  const asked: URL[] = []
  let left = 0

  beforeAll(async () => {
    upstream = createServer((request, response) => {
      asked.push(new URL(request.url ?? '', 'http://service'))
      response.on('close', () => {
        if (!response.writableFinished) left += 1
      })
      if (request.url?.includes('live=true') === true) {
        response.writeHead(200, { 'content-type': 'text/event-stream', 'electric-handle': 'h' })
        response.write('data: {"n":1}\n\n')
        return
      }
      response.setHeader('cache-control', 'public, max-age=60')
      response.end('[]')
    })
    await new Promise<void>((ready) => upstream.listen(0, '127.0.0.1', ready))
    url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/below`
  })
  afterAll(() => {
    upstream.closeAllConnections()
    upstream.close()
  })

  it('is pinned by the session, with the secret, whatever the station says', async () => {
    const near = await gateBefore(url)
    const sly = { where: 'true', columns: 'id', 'params[1]': '43', replica: 'default', secret: 'x' }
    await ask({ table: 'booking', offset: '-1', 'cache-buster': 'b', ...sly }, { url: near.url })
    const sent = asked.at(-1)
    expect(sent?.pathname).toBe('/below/v1/shape')
    const params = Object.fromEntries(sent?.searchParams ?? [])
    expect(params).toMatchObject({
      ...{ table: '"public"."booking"', where: 'station_no = $1', 'params[1]': '42' },
      ...{ replica: 'full', secret: 'hush', offset: '-1', 'cache-buster': 'b' },
    })
    expect(params['columns']?.split(',')).toContain('"window_start_ms"')
    await near.stop(500)
  })

  it('a body comes as it is written, and a caller that leaves ends the request upstream', async () => {
    const near = await gateBefore(url)
    const abort = new AbortController()
    const target = new URL('/v1/shape?table=booking&offset=0_0&handle=h&live=true', near.url)
    const response = await fetch(target, {
      headers: { authorization: 'Bearer 42' },
      signal: abort.signal,
    })
    const reader = response.body?.getReader()
    const chunk = await reader?.read()
    expect(Buffer.from(chunk?.value ?? []).toString()).toBe('data: {"n":1}\n\n')
    expect(left).toBe(0)
    abort.abort()
    await expect.poll(() => left, { timeout: 5_000 }).toBe(1)
    await near.stop(500)
  })
})
