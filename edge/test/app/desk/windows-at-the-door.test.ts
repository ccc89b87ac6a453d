import { kioskBooking, kioskWindows } from '@baari/shared/contracts/http/edge-api'
import { decodeToken } from '@baari/shared/codecs/token'
import { beforeEach, describe, expect, it } from 'vitest'
import { laneNo } from '@baari/shared/units/names'
import { minutes } from '@baari/shared/units/time'
import { leased, windowAfter } from '../../support/leased-station.ts'
import { ashasPin, openStation, type OpenStation } from '../../support/open-station.ts'
import { asha } from '../../support/station-world.ts'

let station: OpenStation
let cookie: string
beforeEach(async () => {
  station = await openStation()
  cookie = await station.cookie(asha, ashasPin)
})

const sale = (change: object = {}) => ({
  windowStartMs: windowAfter(station.world, 60),
  vehicleClass: 'auto',
  plate: 'GJ 01 KA 4711',
  retestValidUntil: '2031-03-31',
  ...change,
})

const post = (body: object, key = 'sale-key-1') =>
  station.door.write('/v1/bookings', body, { cookie, 'idempotency-key': key })

const windows = () => station.door.ask('/v1/windows?class=auto', { headers: { cookie } })

describe('windows at the kiosk’s door', () => {
  it('without a lease none is offered, and a sale is refused with what to do instead', async () => {
    const list = await windows()
    expect(kioskWindows.parse(await list.json())).toEqual({
      ...{ selling: false, cutUntilMs: null, windows: [] },
    })
    const answer = await post(sale())
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({ code: 'no_own_share' })
  })

  it('one is sold with a token of the station’s own key and a code, and both are admitted here', async () => {
    await leased(station.world)
    const list = kioskWindows.parse(await (await windows()).json())
    expect(list.selling).toBe(true)
    expect(list.windows.filter(({ state }) => state === 'full')).toEqual([])
    const answer = await post(sale())
    expect(answer.status).toBe(201)
    const sold = kioskBooking.parse(await answer.json())
    const token = decodeToken(sold.token)
    expect(token).toMatchObject({ ok: true, value: { kid: 128, claims: { station: 42 } } })
    station.world.advance(minutes(60))
    const scanned = await station.world.scan(station.scans.read(sold.code), { lane: laneNo(1) })
    expect(scanned.view.verdict).toBe('ADMIT')
    const again = await station.world.scan(station.scans.read(sold.token), { lane: laneNo(1) })
    expect(again.view.verdict).toBe('PRESENT')
  })

  it('the same key sells once and gives the same QR and code again', async () => {
    await leased(station.world)
    const [first, second] = [await post(sale()), await post(sale())]
    expect([first.status, await second.json()]).toEqual([201, await first.json()])
    expect(station.world.ops('booking.made')).toHaveLength(1)
  })
})
