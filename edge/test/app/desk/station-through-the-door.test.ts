import { minutes } from '@baari/shared/units/time'
import { laneNo } from '@baari/shared/units/names'
import { beforeEach, describe, expect, it } from 'vitest'
import { acceptScan } from '../../../src/app/scan/accept-scan.ts'
import { ashasPin, meerasPin, openStation, type OpenStation } from '../../support/open-station.ts'
import { asha, meera } from '../../support/station-world.ts'

let station: OpenStation
let cookie: string
beforeEach(async () => {
  station = await openStation()
  cookie = await station.cookie(asha, ashasPin)
})

let keys = 0
function post(path: string, body: unknown, key?: string): Promise<Response> {
  keys += 1
  const idempotencyKey = key ?? `test-key-${String(keys).padStart(4, '0')}`
  return station.door.write(path, body, { cookie, 'idempotency-key': idempotencyKey })
}
const read = async <T>(answer: Promise<Response>): Promise<T> => (await (await answer).json()) as T
const rows = (table: string): number =>
  station.world.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number
const walkIn = { vehicleClass: 'auto', plate: 'GJ01AB1234', retestValidUntil: '2027-06-30' }

describe('signing in', () => {
  it('five wrong PINs lock the name for five minutes, the right one included', async () => {
    const codes: string[] = []
    for (let i = 0; i < 5; i += 1)
      codes.push((await read<{ code: string }>(station.signIn(meera, '0000'))).code)
    expect(codes.slice(0, 4)).toEqual(['wrong_pin', 'wrong_pin', 'wrong_pin', 'wrong_pin'])
    station.door.clock.advance(minutes(1))
    const locked = await station.signIn(meera, meerasPin)
    expect(locked.status).toBe(423)
    station.world.advance(minutes(5))
    expect((await station.signIn(meera, meerasPin)).status).toBe(200)
  })

  it('a session ends after twelve hours', async () => {
    const me = (): Promise<Response> => station.door.ask('/v1/me', { headers: { cookie } })
    expect((await me()).status).toBe(200)
    station.world.advance(minutes(12 * 60))
    expect((await me()).status).toBe(401)
  })

  it('a session that was signed out opens nothing any more', async () => {
    await post('/v1/sign-out', {})
    expect((await station.door.ask('/v1/me', { headers: { cookie } })).status).toBe(401)
  })
})

describe('a walk-in', () => {
  it('gets number one and is called to a free position', async () => {
    const answer = await read<{ number: number; ticket: { label: string } }>(
      post('/v1/walk-ins', walkIn),
    )
    expect(answer).toMatchObject({ number: 1, ticket: { label: 'W-1' } })
    expect(station.acts).toMatchObject([{ act: 'call', with: [{ staged: false }] }])
  })

  it('J7 is told with the number what to expect of a usual fill at a low pressure', async () => {
    expect(await read(post('/v1/walk-ins', walkIn))).toMatchObject({ expectedGrams: null })
    station = await openStation({ bankMbar: 150_000 })
    cookie = await station.cookie(asha, ashasPin)
    expect(await read(post('/v1/walk-ins', walkIn))).toMatchObject({ expectedGrams: 3_000 })
  })

  it('sent twice under one key is one vehicle, called once, answered the same', async () => {
    const first = await read(post('/v1/walk-ins', walkIn, 'same-key-1'))
    const second = await read(post('/v1/walk-ins', walkIn, 'same-key-1'))
    expect(second).toEqual(first)
    expect(rows('ticket')).toBe(1)
    expect(station.acts.filter(({ act }) => act === 'call')).toHaveLength(1)
  })

  it('under a used key with other details is refused', async () => {
    await post('/v1/walk-ins', walkIn, 'same-key-1')
    const other = await post('/v1/walk-ins', { vehicleClass: 'bus' }, 'same-key-1')
    expect(other.status).toBe(422)
    expect(await other.json()).toMatchObject({ code: 'idempotency_mismatch' })
    expect(rows('ticket')).toBe(1)
  })

  it('with an expired cylinder is refused, and stays refused under its key', async () => {
    const expired = { ...walkIn, retestValidUntil: '2020-01-01' }
    const first = await post('/v1/walk-ins', expired, 'same-key-1')
    expect(await first.json()).toMatchObject({ code: 'retest_expired' })
    expect((await post('/v1/walk-ins', expired, 'same-key-1')).status).toBe(first.status)
    expect(rows('ticket')).toBe(0)
  })

  it('with a date that no calendar has is refused', async () => {
    const answer = await read(post('/v1/walk-ins', { ...walkIn, retestValidUntil: '2027-02-30' }))
    expect(answer).toMatchObject({ code: 'retest_missing' })
  })

  it('a wrong call is taken back: the position is released and the vehicle waits', async () => {
    const { ticket } = await read<{ ticket: { id: string } }>(post('/v1/walk-ins', walkIn))
    expect((await post(`/v1/calls/${ticket.id}/undo`, {})).status).toBe(204)
    expect(station.acts.at(-1)).toEqual({ act: 'release', with: ticket.id })
  })

  it('that leaves frees its position for the next', async () => {
    const { ticket } = await read<{ ticket: { id: string } }>(post('/v1/walk-ins', walkIn))
    const left = await read(post(`/v1/tickets/${ticket.id}/leave`, {}))
    expect(left).toMatchObject({ state: 'closed' })
    expect(station.acts.at(-1)).toEqual({ act: 'release', with: ticket.id })
  })
})

describe('nothing changes in the ledger', () => {
  const tables = ['ticket', 'scan', 'outbox', 'audit', 'request_answer', 'shift'] as const
  const ledgerNow = (): readonly number[] => tables.map(rows)

  it.each([
    ['a foreign Host', { host: 'evil.example' }],
    ['a foreign Origin', { origin: 'http://evil.example' }],
    ['no Origin', { origin: null }],
    ['a form post', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['JSON as text/plain', { 'content-type': 'text/plain' }],
    ['no key', { 'idempotency-key': null }],
    ['a forged cookie', { cookie: `baari_attendant=${'00'.repeat(32)}` }],
  ])('by a write with %s', async (_name, headers) => {
    const before = ledgerNow()
    for (const path of ['/v1/walk-ins', '/v1/scans', '/v1/shifts', '/v1/positions/1/ready'])
      await station.door.write(path, walkIn, { cookie, ...headers })
    expect(ledgerNow()).toEqual(before)
    expect(station.acts).toEqual([])
  })
})

describe('a scan', () => {
  it('from the keypad and from a scanner takes the same way and is told to the screens', async () => {
    const typed = await read(post('/v1/scans', { source: 'keypad', lane: 1, text: '123' }))
    const heard = {
      text: '123',
      lane: laneNo(1),
      source: 'scanner',
      managerUnlocked: false,
    } as const
    const scanned = await acceptScan(station.scans, heard)
    expect(typed).toMatchObject({ verdict: 'UNKNOWN', source: 'keypad' })
    expect(scanned).toMatchObject({ ok: true, value: { verdict: 'UNKNOWN', source: 'scanner' } })
    expect(station.told.map(({ verdict }) => verdict)).toEqual(['UNKNOWN', 'UNKNOWN'])
  })

  it('on a lane that does not exist is refused, not decided', async () => {
    const answer = await read(post('/v1/scans', { source: 'keypad', lane: 77, text: '123' }))
    expect(answer).toMatchObject({ code: 'lane_unknown', facts: { lane: 77 } })
    expect(rows('scan')).toBe(0)
  })

  it('sent twice under one key is one scan', async () => {
    const body = { source: 'camera', lane: 1, text: 'BAARI1:cut' }
    const first = await read(post('/v1/scans', body, 'same-key-1'))
    expect(await read(post('/v1/scans', body, 'same-key-1'))).toEqual(first)
    expect(rows('scan')).toBe(1)
  })

  it('P52: the manager`s PIN opens a locked code, a wrong one counts against who typed it', async () => {
    const scan = { source: 'keypad', lane: 1, text: '123' }
    expect((await post('/v1/scans', { ...scan, managerPin: meerasPin })).status).toBe(200)
    for (let i = 0; i < 4; i += 1)
      expect((await post('/v1/scans', { ...scan, managerPin: '0000' })).status).toBe(401)
    expect((await post('/v1/scans', { ...scan, managerPin: '0000' })).status).toBe(423)
    // An attendant`s own PIN is no manager`s.
    expect((await post('/v1/scans', { ...scan, managerPin: ashasPin })).status).toBe(423)
    expect((await station.signIn(meera, meerasPin)).status).toBe(200)
  })

  it('ERROR when the ledger cannot answer: never a silent admit', async () => {
    const dead = await openStation({ broken: true })
    const heard = {
      text: '123',
      lane: laneNo(1),
      source: 'scanner',
      managerUnlocked: false,
    } as const
    const scanned = await acceptScan(dead.scans, heard)
    expect(scanned).toMatchObject({ ok: true, value: { verdict: 'ERROR', signal: 'stop' } })
    expect(dead.told).toMatchObject([{ verdict: 'ERROR' }])
    expect(dead.acts).toEqual([])
  })
})

describe('acts at a position', () => {
  it('a ready delivered twice arms the position once', async () => {
    expect((await post('/v1/positions/1/ready', {}, 'same-key-1')).status).toBe(202)
    expect((await post('/v1/positions/1/ready', {}, 'same-key-1')).status).toBe(202)
    expect(station.acts).toEqual([
      { act: 'ready', with: { position: 1, limitGrams: null, attendant: asha } },
    ])
  })

  it('a ready delivered again when the ledger has forgotten nothing arms nothing', async () => {
    await post('/v1/positions/1/ready', {}, 'same-key-1')
    station.world.advance(minutes(30))
    await post('/v1/positions/1/ready', {}, 'same-key-1')
    expect(station.acts).toHaveLength(1)
  })

  it('a reset while the cause is there is refused', async () => {
    const answer = await read(post('/v1/safety/reset', {}))
    expect(answer).toMatchObject({ code: 'interlock_open', status: 409 })
  })

  it('every stop goes through, key or not', async () => {
    await post('/v1/positions/1/stop', {}, 'same-key-1')
    await post('/v1/positions/1/stop', {}, 'same-key-1')
    expect(station.acts.map(({ act }) => act)).toEqual(['stop', 'stop'])
  })
})

describe('shifts and status', () => {
  it('a shift opens once, shows its cash and closes', async () => {
    const none = await station.door.ask('/v1/shifts/current', { headers: { cookie } })
    expect(await none.json()).toMatchObject({ code: 'shift_closed' })
    expect((await post('/v1/shifts', { openingCashPaise: 50_000 })).status).toBe(201)
    expect((await post('/v1/shifts', { openingCashPaise: 1 })).status).toBe(409)
    const closed = await read(post('/v1/shifts/current/close', { countedCashPaise: 49_000 }))
    expect(closed).toMatchObject({ expectedCashPaise: 50_000, countedCashPaise: 49_000 })
  })

  it('the sync status names the streams and what is unsent', async () => {
    const answer = await station.door.ask('/v1/sync-status', { headers: { cookie } })
    const status = (await answer.json()) as { unsentOps: number; streams: { stream: string }[] }
    expect(status.unsentOps).toBeGreaterThan(0)
    expect(status.streams.map(({ stream }) => stream)).toContain('ledger')
  })

  it('a ledger that failed is a 503 that names the fault', async () => {
    const dead = await openStation({ broken: true })
    const answer = await dead.door.ask('/v1/attendants')
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ code: 'disk_full', title: 'The disk is full.' })
  })
})
