import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doorOf, type Door } from '../../support/door.ts'
import { recordedDesk } from '../../support/recorded-desk.ts'

let folder = ''
let door: Door
const script = 'console.log("kiosk")\n'.repeat(200)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'baari-kiosk-'))
  mkdirSync(join(folder, 'dist/assets'), { recursive: true })
  writeFileSync(join(folder, 'dist/index.html'), '<!doctype html><title>Baari kiosk</title>')
  writeFileSync(join(folder, 'dist/board.html'), '<!doctype html><title>Board</title>')
  writeFileSync(join(folder, 'dist/lane.html'), '<!doctype html><title>Lane</title>')
  writeFileSync(join(folder, 'dist/assets/main-Ab12Cd34.js'), script)
  writeFileSync(join(folder, 'dist/assets/main-Ab12Cd34.js.br'), brotliCompressSync(script))
  writeFileSync(join(folder, 'secret.txt'), 'not built')
  door = doorOf(recordedDesk().desk, join(folder, 'dist'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('the kiosk`s pages', () => {
  it('GET / is the page, asked for again each time and known by its tag', async () => {
    const page = await door.ask('/')
    expect(await page.text()).toContain('Baari kiosk')
    expect(page.headers.get('cache-control')).toBe('no-cache')
    const again = await door.ask('/', {
      headers: { 'if-none-match': page.headers.get('etag') ?? '' },
    })
    expect(again.status).toBe(304)
  })

  it('a script named by its content is kept for ever and sent as it was compressed', async () => {
    const answer = await door.ask('/assets/main-Ab12Cd34.js', {
      headers: { 'accept-encoding': 'gzip, br' },
    })
    expect(answer.headers.get('content-encoding')).toBe('br')
    expect(answer.headers.get('cache-control')).toContain('immutable')
    expect(answer.headers.get('vary')).toBe('accept-encoding')
    expect(brotliDecompressSync(Buffer.from(await answer.arrayBuffer())).toString()).toBe(script)
  })

  it('a browser without compression gets the plain file', async () => {
    const answer = await door.ask('/assets/main-Ab12Cd34.js')
    expect(answer.headers.get('content-encoding')).toBeNull()
    expect(await answer.text()).toBe(script)
  })

  it('a page may be asked for without its ending', async () => {
    expect(await (await door.ask('/board')).text()).toContain('Board')
  })

  it('every position has its display, and nothing else is one', async () => {
    expect(await (await door.ask('/lane/3')).text()).toContain('Lane')
    expect(await (await door.ask('/lane/12?lang=hi')).text()).toContain('Lane')
    for (const path of ['/lane/', '/lane/x', '/lane/3/4', '/lane/1234'])
      expect((await door.ask(path)).status).toBe(404)
  })

  it.each(['/../secret.txt', '/..%2fsecret.txt', '/assets/../../secret.txt', '/%2e%2e/secret.txt'])(
    '%s does not leave the folder',
    async (path) => {
      expect((await door.ask(path)).status).toBe(404)
    },
  )

  it('without a built kiosk the API works and / says there is nothing', async () => {
    const bare = doorOf(recordedDesk().desk)
    expect((await bare.ask('/')).status).toBe(404)
    expect((await bare.ask('/healthz')).status).toBe(200)
  })
})

type ApiDocument = {
  openapi: string
  paths: Record<string, Record<string, { security?: unknown; requestBody?: unknown }>>
}

describe('the API`s own description', () => {
  it('names every endpoint of the contract, version 3.1', async () => {
    const api = (await (await door.ask('/openapi.json')).json()) as ApiDocument
    expect(api.openapi).toBe('3.1.0')
    const named = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    )
    expect(named.sort()).toEqual([
      'get /v1/attendants',
      'get /v1/fills',
      'get /v1/me',
      'get /v1/service',
      'get /v1/shifts/current',
      'get /v1/sync-status',
      'get /v1/tickets/{id}/why',
      'get /v1/windows',
      'post /v1/bookings',
      'post /v1/bookings/{id}/paper',
      'post /v1/calls/{id}/undo',
      'post /v1/fills/{id}/payments',
      'post /v1/fills/{id}/receipt',
      'post /v1/positions/{no}/clear-meter',
      'post /v1/positions/{no}/close',
      'post /v1/positions/{no}/open',
      'post /v1/positions/{no}/ready',
      'post /v1/positions/{no}/stop',
      'post /v1/safety/reset',
      'post /v1/scans',
      'post /v1/scans/{id}/undo',
      'post /v1/shifts',
      'post /v1/shifts/current/close',
      'post /v1/sign-in',
      'post /v1/sign-out',
      'post /v1/sync/reopen',
      'post /v1/tickets/{id}/back',
      'post /v1/tickets/{id}/details',
      'post /v1/tickets/{id}/leave',
      'post /v1/tickets/{id}/out-of-turn',
      'post /v1/tickets/{id}/skip',
      'post /v1/vehicles/correct',
      'post /v1/walk-ins',
    ])
    expect(api.paths['/v1/walk-ins']?.['post']?.security).toEqual([{ attendant: [] }])
    expect(JSON.stringify(api.paths['/v1/walk-ins'])).toContain('idempotency-key')
  })

  it('the page loads its script and style from the node itself', async () => {
    const page = await (await door.ask('/docs')).text()
    expect(page).not.toMatch(/https?:\/\//)
    for (const [, path = ''] of page.matchAll(/(?:src|href)="(\/docs[^"]+)"/g))
      expect((await door.ask(path)).status).toBe(200)
  })

  it('the type of a problem document leads to its texts', async () => {
    const problem = (await (await door.ask('/v1/me')).json()) as { type: string }
    const text = await (await door.ask(problem.type)).text()
    expect(text).toContain('Sign in first.')
    expect((await door.ask('/docs/problems/constructor')).status).toBe(404)
  })
})

it('health, readiness and figures answer without a session', async () => {
  expect(await (await door.ask('/healthz')).json()).toEqual({ status: 'active', version: 'test' })
  expect(await (await door.ask('/readyz')).json()).toMatchObject({ status: 'ready' })
  expect(await (await door.ask('/metrics')).text()).toContain('baari_scans_total')
})
