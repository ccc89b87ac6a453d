import { randomUUID } from 'node:crypto'
import { leaseRequestBytes, wireOfRequest } from '@baari/shared/contracts/sync/lease'
import { openTerm } from '@baari/shared/domain/lease/station-requests'
import { cloudShare, type LeaseKind, type LeaseRequest } from '@baari/shared/domain/lease/term'
import { grams } from '@baari/shared/units/mass'
import { stationNo } from '@baari/shared/units/names'
import { after, hours, instant, minutes } from '@baari/shared/units/time'
import { milliMinutes } from '@baari/shared/units/work'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { databaseOf } from '../../../src/adapters/postgres/database.ts'
import { leasesOf, termInForce } from '../../../src/adapters/postgres/leases.ts'
import { receiveLease } from '../../../src/app/lease/receive-lease.ts'
import { randomIds } from '../../../src/adapters/system/random-ids.ts'
import { systemClock } from '../../../src/adapters/system/system-clock.ts'
import { stationUnderTest, startSyncWorld, type SyncWorld } from '../../support/sync-world.ts'
import { TestStation } from '../../support/test-station.ts'

let world: SyncWorld
let station: TestStation
const now = instant(Date.now())
const inTwoHours = instant(Math.ceil((now + hours(2)) / 300_000) * 300_000)

beforeAll(async () => {
  world = await startSyncWorld()
})
afterAll(() => world?.stop())
beforeEach(async () => {
  await world.pool.query('TRUNCATE lease_term, slot_cell, lease_ask, booking CASCADE')
  await world.pool.query(
    'UPDATE station SET current_epoch = NULL, generation = 0, instance = NULL WHERE no = 42',
  )
  await world.pool.query('TRUNCATE station_instance, station_epoch, station_token CASCADE')
  station = new TestStation(world.url, world.stationKey)
  await station.signIn()
})

function opening(fence: number): LeaseRequest {
  return openTerm({
    cells: [],
    context: {
      facts: {
        positionsNow: 4,
        positionsPlanned: 4,
        compressorGramsPerHour: grams(900_000),
        storedGrams: grams(0),
      },
      forecast: null,
      now,
      termId: randomUUID(),
    },
    fence,
    closed: false,
  }).request
}

const send = (kind: LeaseKind, request: LeaseRequest) =>
  station.post(`/v1/lease/${kind}`, JSON.parse(wireOfRequest(request)), {
    authorization: `Bearer ${station.token}`,
  })

const of = ({ term }: LeaseRequest, kind: LeaseKind, no: number): LeaseRequest => ({
  ...{ kind, no, term, adopt: false, asks: [] },
  cells: [{ start: inTwoHours, work: milliMinutes(4_000), gas: grams(1_000) }],
})

async function grantedAt(): Promise<number> {
  const { rows } = await world.pool.query<{ n: string }>(
    'SELECT granted_milli_minutes AS n FROM slot_cell WHERE cell_start_ms = $1',
    [inTwoHours],
  )
  return Number(rows[0]?.n)
}

describe('/v1/lease', () => {
  it('without a station’s session, of an unknown kind, cut or too long is refused', async () => {
    const request = opening(1)
    const stranger = await station.post('/v1/lease/grant', JSON.parse(wireOfRequest(request)))
    expect(stranger.status).toBe(401)
    const headers = { authorization: `Bearer ${station.token}` }
    expect((await station.post('/v1/lease/steal', {}, headers)).status).toBe(404)
    expect((await station.post('/v1/lease/grant', { no: 1 }, headers)).status).toBe(400)
    const long = { pad: 'x'.repeat(leaseRequestBytes) }
    expect((await station.post('/v1/lease/grant', long, headers)).status).toBe(413)
  })

  it('a grant opens a term; the same request again gives the same answer and no second effect', async () => {
    const first = opening(1)
    const [answer, again] = [await send('grant', first), await send('grant', first)]
    expect([answer.status, again.status]).toEqual([200, 200])
    expect(again.body['held']).toEqual(answer.body['held'])
    const back = of(first, 'return', 2)
    await send('return', back)
    await send('return', back)
    expect(await grantedAt()).toBe(11_000)
  })

  it('a borrow gives up what is unsold, and only that', async () => {
    const first = opening(1)
    await send('grant', first)
    await world.pool.query(
      'UPDATE slot_cell SET sold_milli_minutes = 5000 WHERE cell_start_ms = $1',
      [inTwoHours],
    )
    const answer = await send('borrow', of(first, 'borrow', 2))
    expect(answer.body['held']).toEqual([[inTwoHours, 5_000, expect.any(Number)]])
    expect(await grantedAt()).toBe(5_000)
  })

  it('an older fence, another term of the same fence and a hole in the numbers are fenced with 409', async () => {
    const newer = opening(5)
    await send('grant', newer)
    const lease = { fence: 5, term: newer.term.id }
    const fenced = { status: 409, body: { error: 'fenced', lease } }
    expect(await send('grant', opening(4))).toMatchObject(fenced)
    expect(await send('grant', opening(5))).toMatchObject(fenced)
    expect(await send('borrow', of(newer, 'borrow', 3))).toMatchObject(fenced)
    expect(await grantedAt()).toBe(7_000)
  })

  it('an older process of the station is fenced by its generation', async () => {
    const first = opening(1)
    await send('grant', first)
    await world.pool.query('UPDATE station SET generation = generation + 1 WHERE no = 42')
    const answer = await send('borrow', of(first, 'borrow', 2))
    expect(answer).toMatchObject({ status: 409, body: { error: 'fenced', generation: 2 } })
    expect(await grantedAt()).toBe(7_000)
  })

  it('a shrink keeps what is sold and shows it as over', async () => {
    const first = opening(1)
    await send('grant', first)
    await world.pool.query(
      'UPDATE slot_cell SET sold_milli_minutes = 6000 WHERE cell_start_ms = $1',
      [inTwoHours],
    )
    const answer = await send('grant', of(first, 'grant', 2))
    expect(answer.body['held']).toEqual([[inTwoHours, 6_000, expect.any(Number)]])
    const { rows } = await world.pool.query(
      'SELECT over_milli_minutes AS over FROM slot_cell WHERE cell_start_ms = $1',
      [inTwoHours],
    )
    expect(rows).toEqual([{ over: '2000' }])
  })

  it('twenty doubles at once have one effect', async () => {
    const first = opening(1)
    await send('grant', first)
    const back = of(first, 'return', 2)
    const deps = { leases: leasesOf(world.pool), clock: systemClock }
    const speaker = { station: stationNo(stationUnderTest), generation: station.gen }
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => receiveLease(deps, speaker, back)),
    )
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(await grantedAt()).toBe(11_000)
  })
})

describe('a term in force', () => {
  const at = (moment = now) =>
    termInForce(databaseOf(world.pool), stationNo(stationUnderTest), moment)

  it('ends at validUntil by the cloud’s clock; a renewal prolongs it', async () => {
    const first = opening(1)
    await send('grant', first)
    expect(await at()).toEqual({ term: first.term.id, fence: 1, cloudShare })
    expect(await at(after(now, minutes(61)))).toBeUndefined()
    const later = { ...first.term, validUntil: after(now, minutes(62)) }
    await send('grant', { ...of(first, 'grant', 2), term: later })
    expect(await at(after(now, minutes(61)))).toMatchObject({ fence: 1 })
  })

  it('is void when the database was restored from a backup', async () => {
    await send('grant', opening(1))
    await world.pool.query("INSERT INTO db_epoch (system_identifier, timeline) VALUES ('other', 2)")
    expect(await at()).toBeUndefined()
    await send('grant', opening(2))
    expect(await at()).toMatchObject({ fence: 2 })
  })
})

describe('a window sold at the kiosk', () => {
  const made = (more: object = {}) => ({
    k: 'booking.made',
    e: 0,
    b: {
      booking: randomIds.uuid(),
      windowStartMs: inTwoHours,
      expiresMs: after(inTwoHours, minutes(30)),
      ...{ vehicleClass: 'auto', nozzle: 'ngv1', grams: 4_000, plate: 'MH12AB0001' },
      ...{ retestDay: 60_000, code: '123456789', codeDay: 20_000, codeSlot: 3, codeN: 23 },
      ...{ pricePaisePerKg: 9_000, workMilliMinutes: 2_700, term: randomUUID(), fence: 2 },
      ...{ cells: [[inTwoHours, 2_700, 4_000]], by: randomIds.uuid(), ...more },
    },
  })
  const rows = async () =>
    (
      await world.pool.query(
        'SELECT plate, channel, fence, live_plate FROM booking ORDER BY code_n',
      )
    ).rows
  const codes = async () =>
    (await world.pool.query<{ kind: string }>('SELECT kind FROM exception ORDER BY kind')).rows.map(
      ({ kind }) => kind,
    )

  it('becomes a booking once, takes nothing of the cloud’s share, and an old fence is on the list', async () => {
    await world.pool.query('TRUNCATE exception CASCADE')
    await send('grant', opening(2))
    const sale = made()
    station
      .add(sale)
      .add(sale)
      .add(made({ fence: 1, plate: 'MH12AB0002', codeN: 24 }))
    const answer = await station.sendFrom()
    expect(answer.body['results']).toMatchObject([{ s: 3, verdict: 'flagged', code: 'old_fence' }])
    expect(await rows()).toMatchObject([
      { plate: 'MH12AB0001', channel: 'kiosk', fence: '2', live_plate: 'MH12AB0001' },
      { plate: 'MH12AB0002', channel: 'kiosk', fence: '1' },
    ])
    expect(await codes()).toEqual(['old_fence'])
    const { rows: sold } = await world.pool.query('SELECT 1 FROM slot_cell WHERE sold_grams > 0')
    expect(sold).toEqual([])
  })

  it('for a vehicle with a live booking stands beside it, and a person is asked', async () => {
    await world.pool.query('TRUNCATE exception CASCADE')
    station.add(made()).add(made({ codeN: 24 }))
    const answer = await station.sendFrom()
    expect(answer.body['results']).toMatchObject([{ s: 2, code: 'vehicle_has_booking' }])
    expect(
      (await rows()).map(({ live_plate: live }: { live_plate: string | null }) => live),
    ).toEqual(['MH12AB0001', null])
  })
})
