import { beforeEach, describe, expect, it } from 'vitest'
import { doorOf, type Door } from '../../support/door.ts'
import { recordedDesk } from '../../support/recorded-desk.ts'

const ticket = '00000001-0000-7000-8000-0000000000aa'
const walkIn = { vehicleClass: 'auto' }

let door: Door
let calls: ReturnType<typeof recordedDesk>['calls']
beforeEach(() => {
  const recorded = recordedDesk()
  calls = recorded.calls
  door = doorOf(recorded.desk)
})

async function refused(answer: Promise<Response>): Promise<[number, string]> {
  const response = await answer
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  expect(response.headers.get('cache-control')).toBe('no-store')
  const { code } = (await response.json()) as { code: string }
  return [response.status, code]
}

describe('a request that is not ours reaches nothing', () => {
  it('a foreign Host (DNS rebinding) is misdirected, for reads too', async () => {
    const headers = { host: 'evil.example:7420' }
    expect(await refused(door.ask('/v1/attendants', { headers }))).toEqual([421, 'host_not_listed'])
    const write = door.write('/v1/walk-ins', walkIn, headers)
    expect(await refused(write)).toEqual([421, 'host_not_listed'])
    expect(calls).toEqual([])
  })

  it('the right name with another port is misdirected', async () => {
    const headers = { host: '127.0.0.1:9999' }
    expect((await refused(door.ask('/healthz', { headers })))[0]).toBe(421)
  })

  it('a listed name is ours, in any letter case', async () => {
    const response = await door.ask('/healthz', { headers: { host: 'Kiosk.Local:7420' } })
    expect(response.status).toBe(200)
  })

  it.each([
    ['foreign', 'http://evil.example'],
    ['null, as a sandboxed frame sends it', 'null'],
    ['the same name on another port', 'http://127.0.0.1:8080'],
    ['the same name on https', 'https://127.0.0.1:7420'],
    ['another listed name of ours', 'http://kiosk.local:7420'],
    ['missing', null],
  ])('a write whose Origin is %s changes nothing', async (_name, origin) => {
    const write = door.write('/v1/walk-ins', walkIn, { origin })
    expect(await refused(write)).toEqual([403, 'origin_not_own'])
    expect(calls).toEqual([])
  })

  it('a form posted by another site with the attendant`s cookie changes nothing', async () => {
    const form = door.write(`/v1/tickets/${ticket}/leave`, 'a=b', {
      origin: 'http://evil.example',
      'content-type': 'application/x-www-form-urlencoded',
    })
    expect(await refused(form)).toEqual([403, 'origin_not_own'])
    expect(calls).toEqual([])
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', null])(
    'a write as %s changes nothing, even from our own origin',
    async (type) => {
      const write = door.write('/v1/walk-ins', walkIn, { 'content-type': type })
      expect(await refused(write)).toEqual([415, 'not_json'])
      expect(calls).toEqual([])
    },
  )

  it('a preflight gets no CORS permission', async () => {
    const response = await door.ask('/v1/walk-ins', {
      method: 'OPTIONS',
      headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
    })
    expect(
      [...response.headers.keys()].filter((name) => name.startsWith('access-control')),
    ).toEqual([])
    expect(response.status).toBe(404)
  })

  it('a body beyond 64 KiB is refused before it is parsed', async () => {
    const write = door.write('/v1/walk-ins', { vehicleClass: 'auto', plate: 'x'.repeat(70_000) })
    expect(await refused(write)).toEqual([413, 'body_too_long'])
    expect(calls).toEqual([])
  })

  it('without a session every write and every view is refused', async () => {
    const cookie = 'baari_attendant=' + '00'.repeat(32)
    for (const path of ['/v1/walk-ins', `/v1/tickets/${ticket}/skip`, '/v1/positions/1/ready'])
      expect(await refused(door.write(path, walkIn, { cookie }))).toEqual([401, 'not_signed_in'])
    for (const path of ['/v1/me', '/v1/live', '/v1/fills', '/v1/shifts/current', '/v1/sync-status'])
      expect(await refused(door.ask(path))).toEqual([401, 'not_signed_in'])
    expect(calls).toEqual([])
  })

  it('a stop by nobody is refused as well', async () => {
    const write = door.write('/v1/positions/1/stop', {}, { cookie: null })
    expect(await refused(write)).toEqual([401, 'not_signed_in'])
  })
})

describe('every answer', () => {
  it.each(['/healthz', '/v1/nothing', '/docs'])('%s carries the strict headers', async (path) => {
    const { headers } = await door.ask(path)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
  })

  it('a page is told what pages need beside', async () => {
    const { headers } = await door.ask('/docs')
    expect(headers.get('content-security-policy')).toContain("script-src 'self'")
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
  })

  it('a request turned away by a guard carries them too', async () => {
    const { headers } = await door.ask('/healthz', { headers: { host: 'evil.example' } })
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  it('each refusal is counted under its code', async () => {
    await door.write('/v1/walk-ins', walkIn, { origin: null })
    await door.write('/v1/walk-ins', walkIn, { origin: null })
    expect(door.counts.get('turned away origin_not_own')).toBe(2)
  })
})

describe('the grammar of a request', () => {
  it.each([
    ['/v1/walk-ins', { vehicleClass: 'tank' }, 'vehicleClass'],
    ['/v1/scans', { source: 'keypad', lane: 0, text: '1' }, 'lane'],
    ['/v1/scans', { source: 'scanner', lane: 1, text: '1' }, 'source'],
    ['/v1/tickets/none/skip', {}, 'id'],
    ['/v1/positions/x/ready', {}, 'no'],
    ['/v1/shifts', { openingCashPaise: 1.5 }, 'openingCashPaise'],
  ])('%s with a wrong value is malformed and names it', async (path, body, field) => {
    const response = await door.write(path, body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      code: 'malformed',
      detail: expect.stringContaining(field) as string,
    })
    expect(calls).toEqual([])
  })

  it('a body that is no JSON is malformed', async () => {
    expect(await refused(door.write('/v1/walk-ins', '{"vehicle'))).toEqual([400, 'malformed'])
  })

  it('a page of fills is bounded', async () => {
    const cookie = `baari_attendant=${'ab'.repeat(32)}`
    expect((await door.ask('/v1/fills?limit=5000', { headers: { cookie } })).status).toBe(400)
    expect((await door.ask('/v1/fills?limit=200', { headers: { cookie } })).status).toBe(200)
  })
})
