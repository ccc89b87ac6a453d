import { noGrams } from '@baari/shared/units/mass'
import { hours, instant, minutes, type Instant } from '@baari/shared/units/time'
import { beforeEach, describe, expect, it } from 'vitest'
import { publicBoardOf } from '../../../src/app/view/public-board.ts'
import { leased, windowAfter } from '../../support/leased-station.ts'
import { saleWishes } from '../../support/sale-wishes.ts'
import {
  asha,
  bothClosed,
  bothFree,
  insert,
  stationWorld,
  type World,
} from '../../support/station-world.ts'

let world: World
let until: Instant
beforeEach(async () => {
  world = await stationWorld()
  await leased(world)
  until = windowAfter(world, 120)
})

/** As the row came from the cloud. */
function declared(change: Record<string, number | null> = {}): void {
  insert(world.db, 'supply_cut', {
    id: '00000000-0000-7000-8000-0000000000c1',
    station_no: 42,
    from_ms: world.now(),
    until_ms: until,
    ended_at_ms: null,
    ...change,
  })
}

const wish = saleWishes()
const sell = (windowStart: Instant) => world.run('booking.sell', wish(windowStart))

const windows = () => world.run('window.list', { vehicleClass: 'auto', linkUp: true })
const before = () => instant(until - minutes(10))

describe('J7 a cut that head office declared', () => {
  it('nothing of it is sold at the kiosk, with the end of the cut; the first window after it is', async () => {
    declared()
    expect(await sell(before())).toMatchObject({
      ok: false,
      error: { code: 'supply_cut', facts: { untilMs: until } },
    })
    expect(world.ops('booking.made')).toEqual([])
    expect(world.db.prepare('SELECT sum(sold_milli_minutes) FROM lease_cell').pluck().get()).toBe(0)
    expect(await sell(until)).toMatchObject({ ok: true })
  })

  it('its windows read full, and why', async () => {
    declared()
    const listed = await windows()
    expect(listed?.cutUntil).toBe(until)
    const rooms = (inCut: boolean) =>
      new Set(listed?.windows.filter(({ start }) => start < until === inCut).map((w) => w.room))
    expect([...rooms(true)]).toEqual(['full'])
    expect([...rooms(false)]).toContain('few')
  })

  it('no minutes are borrowed for a window of it', async () => {
    const wish = { vehicleClass: 'bus', forecourt: forecourtNow } as const
    expect(await world.run('lease.want', { windowStart: before(), ...wish })).not.toBeNull()
    const other = await stationWorld()
    await leased(other)
    insert(other.db, 'supply_cut', {
      ...{ id: '00000000-0000-7000-8000-0000000000c1', station_no: 42, ended_at_ms: null },
      ...{ from_ms: other.now(), until_ms: until },
    })
    expect(await other.run('lease.want', { windowStart: before(), ...wish })).toBeNull()
  })

  it('ended by head office, or over by the clock, it hinders nothing', async () => {
    declared({ ended_at_ms: world.now() })
    expect(await sell(before())).toMatchObject({ ok: true })
    declared()
    expect((await windows())?.cutUntil).toBe(until)
    world.advance(hours(3))
    expect((await windows())?.cutUntil).toBeNull()
  })

  it('walk-ins are given numbers all the same, and told when gas is back; the board says so', async () => {
    declared()
    const walkIn = { vehicleClass: 'auto', by: asha, positions: bothClosed } as const
    expect(await world.run('walkIn.open', walkIn)).toMatchObject({
      ok: true,
      value: { number: 1, cutUntil: until },
    })
    const link = { up: true, lastExchangeMs: null }
    const view = await world.run('view.read', { positions: bothFree, link })
    expect(view.cutUntilMs).toBe(until)
    expect(publicBoardOf(view).cutUntilMs).toBe(until)
  })
})

const forecourtNow = { positions: bothFree, storedGrams: noGrams, forecast: null }
