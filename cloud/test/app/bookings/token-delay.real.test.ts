import { generateKeyPairSync, sign } from 'node:crypto'
import { delayText } from '@baari/shared/domain/dispatch/delay-amendment'
import { istDay, istDayStart } from '@baari/shared/units/ist-calendar'
import { after, dayNumber, hours, millis, minutes, type Instant } from '@baari/shared/units/time'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { databaseOf } from '../../../src/adapters/postgres/database.ts'
import { stationDelaysOf } from '../../../src/adapters/postgres/sync/delay-store.ts'
import { tokenDelaysOf } from '../../../src/adapters/postgres/token-delays.ts'
import { verifyStationText } from '../../../src/adapters/sync-http/station-signature.ts'
import { cancelBooking } from '../../../src/app/bookings/cancel-booking.ts'
import { sweepBookings } from '../../../src/app/bookings/sweep-bookings.ts'
import { checkDelays } from '../../../src/app/sync/check-delays.ts'
import { demoStationNo } from '../../support/cloud-world.ts'
import { saleWorld, type SaleWorld } from '../../support/sale-world.ts'

let at: SaleWorld
let window: Instant
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const stranger = generateKeyPairSync('ed25519').privateKey

beforeAll(async () => {
  at = await saleWorld(2, 8)
  await at.world.pool.query('UPDATE station SET kid = 142, public_key = $1 WHERE no = $2', [
    publicKey.export({ format: 'jwk' }).x,
    demoStationNo,
  ])
})
afterAll(() => at?.dispose())
beforeEach(async () => {
  const tomorrow = istDayStart(dayNumber(istDay(at.clock.now()) + 1))
  at.clock.advance(millis(after(tomorrow, hours(11)) - at.clock.now()))
  await at.reset()
  window = at.windowIn(60)
})

/** What the uplink wrote of the station's op. */
async function told(delayMin: number, { key = privateKey, kid = 142 } = {}): Promise<void> {
  const raised = {
    day: istDay(window),
    delayMs: minutes(delayMin),
    fromMs: at.clock.now(),
  }
  const sig = sign(null, Buffer.from(delayText(demoStationNo, raised)), key).toString('base64url')
  await at.world.pool.query(
    `INSERT INTO station_delay (station_no, day, delay_ms, from_ms, kid, sig, op_ref, at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $4)`,
    [demoStationNo, raised.day, raised.delayMs, raised.fromMs, kid, sig, `e/ledger/${delayMin}`],
  )
}

const check = () =>
  checkDelays({ delays: stationDelaysOf(at.world.pool), verify: verifyStationText })

async function sold(n: number) {
  const booking = await at.book(n, window)
  if (!booking.ok) throw new Error(booking.error.code)
  return booking.value
}

const delayOf = async (id: Awaited<ReturnType<typeof sold>>['id']) =>
  (await tokenDelaysOf(databaseOf(at.world.pool)).of([id])).get(id)

describe('the delay a station signed', () => {
  it('makes the tokens of its day valid longer once the signature is verified; of several the highest', async () => {
    const { id } = await sold(0)
    await told(25)
    await told(10)
    expect(await delayOf(id)).toBeUndefined()
    expect(await check()).toBe(2)
    expect(await check()).toBe(0)
    expect(await delayOf(id)).toBe(minutes(25))
  })

  it('by another key, or under another number, counts for nothing and a person is told', async () => {
    const { id } = await sold(1)
    await told(30, { key: stranger })
    await told(35, { kid: 150 })
    await check()
    expect(await delayOf(id)).toBeUndefined()
    const { rows } = await at.world.pool.query(
      `SELECT op_ref FROM exception WHERE kind = 'delay_unsigned' ORDER BY op_ref`,
    )
    expect(rows).toEqual([{ op_ref: 'e/ledger/30' }, { op_ref: 'e/ledger/35' }])
  })

  it('keeps a cancel pending until the longer token is over', async () => {
    const { id, driver } = await sold(2)
    await told(20)
    await check()
    await cancelBooking(at.sale, { id, driver: driver ?? '' })
    at.clock.advance(minutes(60 + 30 + 10))
    await sweepBookings(at.sale)
    expect(await at.sale.book.find(id)).toMatchObject({ state: 'cancel_pending' })
    at.clock.advance(minutes(13))
    await sweepBookings(at.sale)
    expect(await at.sale.book.find(id)).toMatchObject({ state: 'cancelled' })
  })
})
