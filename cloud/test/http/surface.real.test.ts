import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { booking, driver, stationList, windowList } from '@baari/shared/contracts/http/cloud-api'
import { recommendations } from '@baari/shared/contracts/http/recommend-api'
import { problem } from '@baari/shared/contracts/http/problem'
import { hashPassword } from '../../src/adapters/keys/argon2-passwords.ts'
import { composeCloud, type Cloud } from '../../src/compose.ts'
import {
  ask,
  bookingBody,
  cloudWorld,
  windowAhead,
  type CloudWorld,
} from '../support/cloud-world.ts'

let world: CloudWorld
let cloud: Cloud
beforeAll(async () => {
  world = await cloudWorld()
  await world.pool.query(
    `INSERT INTO operator (id, email, name, role, password_hash)
     VALUES ($1, 'head@example.in', 'Head', 'auditor', $2)`,
    [randomUUID(), await hashPassword('right password')],
  )
  cloud = await composeCloud(world.config)
})
afterAll(async () => {
  await cloud?.stop()
  await world?.dispose()
})

const get = (path: string, cookie?: string) =>
  ask(cloud.url, path, cookie === undefined ? {} : { cookie })

describe('the driver’s surface', () => {
  it('stations and windows are public and in the form of the contract', async () => {
    const stations = stationList.parse((await get('/v1/stations')).body)
    expect(stations.stations).toMatchObject([{ no: 42, open: true, pricePaisePerKg: 9_200 }])
    const windows = windowList.parse((await get('/v1/stations/42/windows?class=car')).body)
    expect(windows.windows.length).toBeGreaterThan(140)
    expect((await get('/v1/stations/43/windows')).status).toBe(404)
    expect((await get('/v1/stations/none/windows')).status).toBe(400)
  })

  it('a booking is made, read under both names, listed page by page and cancelled', async () => {
    const person = await world.driver()
    const { cookie } = person
    const made = await ask(cloud.url, '/v1/bookings', {
      body: bookingBody(person, windowAhead(5)),
      cookie,
    })
    const sold = booking.parse(made.body)
    for (const path of [`/v1/bookings/${sold.id}`, `/api/booking/${sold.id}`]) {
      expect(booking.parse((await get(path, cookie)).body)).toEqual(sold)
    }
    const cancelled = await ask(cloud.url, `/v1/bookings/${sold.id}/cancel`, {
      method: 'POST',
      cookie,
    })
    expect(cancelled.body).toMatchObject({ state: 'cancel_pending', token: null, code: null })
    const page = await get('/v1/bookings?limit=1', cookie)
    expect(page.text).toContain(sold.id)
    expect((await get(`/v1/bookings/${sold.id}`, (await world.driver()).cookie)).status).toBe(404)
  })

  it('slots are recommended to who is signed in, and a place is only ever a field', async () => {
    const person = await world.driver()
    const look = (body: object, cookie?: string) =>
      ask(cloud.url, '/v1/recommendations', { body, ...(cookie !== undefined && { cookie }) })
    const wish = { station: 42, vehicle: person.vehicle }
    const { slots } = recommendations.parse((await look(wish, person.cookie)).body)
    expect(slots).toHaveLength(3)
    expect(slots.every(({ station, eta }) => station === 42 && eta === null)).toBe(true)
    const noes = [
      [await look(wish), 401, 'not_signed_in'],
      [await look({ ...wish, station: 43 }, person.cookie), 404, 'station_unknown'],
      [await look({ ...wish, vehicle: randomUUID() }, person.cookie), 409, 'vehicle_unknown'],
      [await look({ ...wish, cell: '23.0331,72.5327' }, person.cookie), 400, 'malformed'],
    ] as const
    for (const [answer, status, code] of noes) {
      expect([answer.status, answer.body.code]).toEqual([status, code])
    }
  })

  it('a hold is kept, confirmed, and another is released', async () => {
    const [one, two] = [await world.driver(), await world.driver()]
    const hold = (person: typeof one) =>
      ask(cloud.url, '/v1/holds', {
        body: bookingBody(person, windowAhead(6)),
        cookie: person.cookie,
      })
    const [kept, dropped] = [await hold(one), await hold(two)]
    expect([kept.body.state, kept.body.token]).toEqual(['held', null])
    const confirmed = await ask(cloud.url, `/v1/holds/${kept.body.id}/confirm`, {
      method: 'POST',
      cookie: one.cookie,
    })
    expect([confirmed.status, confirmed.body.state]).toEqual([200, 'confirmed'])
    expect(confirmed.body.token).toMatch(/^BAARI1:/)
    const gone = await ask(cloud.url, `/v1/holds/${dropped.body.id}`, {
      method: 'DELETE',
      cookie: two.cookie,
    })
    expect(gone.status).toBe(204)
  })

  it('vehicles are registered under one spelling of the plate; nonsense is refused', async () => {
    const { cookie } = await world.driver()
    const put = (plate: string, retestValidUntil = '2030-01-31') =>
      ask(cloud.url, '/v1/vehicles', {
        body: { plate, vehicleClass: 'auto', retestValidUntil },
        cookie,
      })
    const [first, second] = [await put('mh 14 x 7'), await put('MH-14-X-0007', '2031-01-31')]
    expect([first.status, second.body.id]).toEqual([201, first.body.id])
    const me = driver.parse((await get('/v1/me', cookie)).body)
    expect(me.vehicles).toContainEqual(
      expect.objectContaining({ plate: 'MH14X0007', retestValidUntil: '2031-01-31' }),
    )
    expect((await put('not a plate')).body.code).toBe('plate_invalid')
    expect((await put('MH14X0008', '2030-02-30')).body.code).toBe('retest_missing')
    expect((await put('MH14X0008', '9999-01-01')).body.code).toBe('retest_missing')
  })

  it('every no is a problem document with a stable code', async () => {
    const person = await world.driver()
    const { cookie } = person
    const body = bookingBody(person, windowAhead(7))
    const post = (sent: unknown) => ask(cloud.url, '/v1/bookings', { body: sent, cookie })
    const noes = [
      [await get('/v1/me'), 401, 'not_signed_in'],
      [await post({ ...body, windowStartMs: 0 }), 422, 'window_past'],
      [await post({ ...body, station: 7 }), 404, 'station_unknown'],
      [await post({ ...body, vehicle: randomUUID() }), 409, 'vehicle_unknown'],
      [await post({ ...body, grams: 0 }), 400, 'malformed'],
      [await post({ nonsense: true }), 400, 'malformed'],
      [await post({ pad: 'x'.repeat(70_000) }), 413, 'too_long'],
      [await get('/v1/nowhere'), 404, 'unknown_address'],
    ] as const
    for (const [answer, status, code] of noes) {
      expect([answer.status, answer.body.code]).toEqual([status, code])
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      expect(problem.parse(answer.body).title).not.toBe(code)
    }
  })
})

describe('writes from a browser', () => {
  it('with a cookie but a foreign origin, or none, are refused', async () => {
    const person = await world.driver()
    const body = bookingBody(person, windowAhead(8))
    for (const origin of ['https://evil.example', '']) {
      const answer = await ask(cloud.url, '/v1/bookings', { body, cookie: person.cookie, origin })
      expect([answer.status, answer.body.code]).toEqual([403, 'not_allowed'])
    }
  })
})

describe('Q14 idempotency keys', () => {
  it('the same key gives the same status, body and headers; another key the plain conflict', async () => {
    const person = await world.driver()
    const post = (key: string, grams = 8_000) =>
      ask(cloud.url, '/v1/bookings', {
        body: { ...bookingBody(person, windowAhead(9)), grams },
        cookie: person.cookie,
        key,
      })
    const [first, again, other] = [await post('a'), await post('a'), await post('b')]
    expect([again.status, again.text]).toEqual([first.status, first.text])
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'))
    expect(other.body.code).toBe('vehicle_has_booking')
    const changed = await post('a', 9_000)
    expect([changed.status, changed.body.code]).toEqual([422, 'idempotency_mismatch'])
  })

  it('the same key of another driver is another request', async () => {
    const [one, two] = [await world.driver(), await world.driver()]
    const post = (person: typeof one) =>
      ask(cloud.url, '/v1/bookings', {
        body: bookingBody(person, windowAhead(10)),
        cookie: person.cookie,
        key: 'shared',
      })
    const [first, second] = [await post(one), await post(two)]
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body.id).not.toBe(first.body.id)
  })

  it('a key that is still running is 409, and answered once its holder’s lease is over', async () => {
    const person = await world.driver()
    const sent = { body: bookingBody(person, windowAhead(11)), cookie: person.cookie, key: 'lease' }
    const made = await ask(cloud.url, '/v1/bookings', sent)
    const lease = (ms: number) =>
      world.pool.query(
        `UPDATE idempotency SET status = NULL, locked_until_ms = $1
         WHERE key = 'lease' AND scope = $2`,
        [ms, `driver:${person.id}`],
      )
    await lease(Date.now() + 60_000)
    const busy = await ask(cloud.url, '/v1/bookings', sent)
    expect([busy.status, busy.body.code]).toEqual([409, 'idempotency_busy'])
    await lease(0)
    const retried = await ask(cloud.url, '/v1/bookings', sent)
    expect([retried.status, retried.body.id]).toEqual([201, made.body.id])
  })

  it('a key on a read is ignored', async () => {
    const person = await world.driver()
    const read = () => ask(cloud.url, '/v1/me', { cookie: person.cookie, key: 'read' })
    expect((await read()).status).toBe(200)
    expect((await read()).status).toBe(200)
  })
})

describe('the operator’s surface', () => {
  const signIn = (password: string) =>
    ask(cloud.url, '/v1/operator/sign-in', { body: { email: 'Head@Example.in', password } })

  it('shows a station’s totals to who is signed in, and to nobody else', async () => {
    expect((await get('/v1/operator/stations/42/ledger')).status).toBe(401)
    const driverCookie = (await world.driver()).cookie
    expect((await get('/v1/operator/stations/42/ledger', driverCookie)).status).toBe(401)
    const signedIn = await signIn('right password')
    const set = signedIn.headers.get('set-cookie') ?? ''
    expect(set).toMatch(/^baari_operator=[\w-]{43};.*HttpOnly.*SameSite=Lax/i)
    const cookie = set.split(';')[0] ?? ''
    expect((await get('/v1/operator/stations/42/ledger', cookie)).body).toMatchObject({
      station: 42,
    })
    expect((await get('/v1/operator/stations/42/sales', cookie)).status).toBe(200)
    await ask(cloud.url, '/v1/auth/sign-out', { method: 'POST', cookie })
    expect((await get('/v1/operator/stations/42/ledger', cookie)).status).toBe(401)
  })

  it('lists a station’s dead letters; an operator resolves one once, an auditor never', async () => {
    await world.pool.query(
      `INSERT INTO station_op (station_no, epoch, stream, seq, kind, raw, hash, verdict, code,
         recv_at_ms)
       VALUES (42, 'ab', 'ledger', 7, 'checkin.released', '{"s":7}', '\\x00', 'rejected',
         'use_unknown', 1)`,
    )
    await world.pool.query(
      `INSERT INTO dead_letter (station_no, epoch, stream, seq, verdict, code, at_ms)
       VALUES (42, 'ab', 'ledger', 7, 'rejected', 'use_unknown', 1)`,
    )
    const letters = '/v1/operator/stations/42/dead-letters'
    const resolve = `${letters}/ab/ledger/7/resolve`
    const body = { note: 'asked the manager' }
    const cookie = async () =>
      ((await signIn('right password')).headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    const auditor = await cookie()
    expect((await get(letters, auditor)).body).toMatchObject({
      deadLetters: [{ seq: 7, code: 'use_unknown', line: '{"s":7}', resolvedAtMs: null }],
      nextCursor: null,
    })
    for (const path of ['alarms', 'state']) {
      expect((await get(`/v1/operator/stations/42/${path}`, auditor)).status).toBe(200)
    }
    expect((await ask(cloud.url, resolve, { body, cookie: auditor })).status).toBe(403)
    await world.pool.query("UPDATE operator SET role = 'operator'")
    const operator = await cookie()
    expect((await ask(cloud.url, resolve, { body, cookie: operator })).body).toEqual({
      resolved: true,
    })
    expect((await ask(cloud.url, resolve, { body, cookie: operator })).status).toBe(404)
    expect((await get(letters, operator)).body).toMatchObject({ deadLetters: [] })
    await world.pool.query("UPDATE operator SET role = 'auditor'")
  })

  it('five wrong passwords lock the account, also for the right one', async () => {
    for (let n = 0; n < 5; n += 1) expect((await signIn('wrong password')).status).toBe(401)
    const locked = await signIn('right password')
    expect([locked.status, locked.body.code]).toEqual([429, 'pin_locked'])
  })
})

describe('the process', () => {
  it('describes every route of ours as OpenAPI 3.1 and shows it from its own assets', async () => {
    const doc = JSON.parse((await get('/openapi.json')).text) as {
      openapi: string
      paths: Record<string, Record<string, unknown>>
    }
    expect(doc.openapi).toBe('3.1.0')
    const routes = Object.entries(doc.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    )
    expect(routes.toSorted()).toEqual(
      [
        'delete /v1/holds/{id}',
        'get /api/booking/{id}',
        'get /v1/bookings',
        'get /v1/bookings/{id}',
        'get /v1/forecast/models',
        'get /v1/forecast/slot-ranker',
        'get /v1/operator/stations/{no}/feedback',
        'put /v1/operator/stations/{no}/place',
        'post /v1/recommendations',
        'post /v1/bookings/{id}/feedback',
        'post /v1/bookings/{id}/on-the-way',
        'get /v1/forecast/report',
        'get /v1/forecast/trainings',
        'post /v1/forecast/event-days',
        'post /v1/forecast/event-days/remove',
        'get /v1/forecast/trainings/{id}',
        'get /v1/me',
        'get /v1/operator/live',
        'get /v1/operator/me',
        'get /v1/operator/out-of-turn',
        'get /v1/operator/out-of-turn.csv',
        'get /v1/operator/stations/{no}/alarms',
        'get /v1/operator/stations/{no}/dead-letters',
        'get /v1/operator/stations/{no}/ledger',
        'get /v1/operator/stations/{no}/sales',
        'get /v1/operator/stations/{no}/state',
        'get /v1/stations',
        'get /v1/stations/{no}/windows',
        'get /v1/sync/conflicts',
        'get /v1/sync/status',
        'post /api/retrain-model',
        'post /v1/auth/otp',
        'post /v1/auth/sign-out',
        'post /v1/auth/verify',
        'post /v1/bookings',
        'post /v1/bookings/{id}/cancel',
        'post /v1/bookings/{id}/offer',
        'post /v1/bookings/{id}/retime',
        'post /v1/bookings/{id}/late',
        'post /v1/lots',
        'get /v1/stations/{no}/lots/{hourMs}',
        'post /v1/stations/{no}/supply-cut',
        'delete /v1/stations/{no}/supply-cut',
        'post /v1/waitlist',
        'post /v1/forecast/rollback',
        'post /v1/holds',
        'post /v1/holds/{id}/confirm',
        'post /v1/operator/sign-in',
        'post /v1/operator/what-if',
        'post /v1/sync/conflicts/resolve',
        'post /v1/operator/stations/{no}/dead-letters/{epoch}/{stream}/{seq}/resolve',
        'post /v1/stations/{no}/enrol-code',
        'post /v1/vehicles',
      ].toSorted(),
    )
    const page = await get('/docs/')
    for (const [, file] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect([file, (await get(file ?? '')).status]).toEqual([file, 200])
    }
    expect(page.text).not.toMatch(/https?:\/\//)
  })

  it('publishes one signed key set that verifies under the key it names', async () => {
    const { rows } = await world.pool.query<{ body: string; signature: string; kid: number }>(
      'SELECT body, signature, kid FROM key_set ORDER BY version',
    )
    expect(rows).toHaveLength(1)
    const [set] = rows
    const { keys } = JSON.parse(set?.body ?? '{}') as { keys: { kid: number; publicKey: string }[] }
    const x = keys.find(({ kid }) => kid === set?.kid)?.publicKey ?? ''
    const { createPublicKey, verify } = await import('node:crypto')
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
    const good = verify(
      null,
      Buffer.from(set?.body ?? ''),
      key,
      Buffer.from(set?.signature ?? '', 'base64url'),
    )
    expect(good).toBe(true)
  })

  it('counts requests by route, never by an id', async () => {
    const metrics = (await get('/metrics')).text
    expect(metrics).toMatch(/baari_http_requests_total\{method="GET",route="\/v1\/bookings\/:id"/)
    expect(metrics).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-7/)
  })
})
