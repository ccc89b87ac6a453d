import { beforeEach, describe, expect, it } from 'vitest'
import {
  bothFree,
  someBooking,
  stationWorld,
  tokenReading,
  type World,
} from '../support/station-world.ts'

let world: World
beforeEach(async () => {
  world = await stationWorld()
})

describe('an attendant looks for a booking', () => {
  it('Q12 two characters find nothing; four find it, without its documents or the phone', async () => {
    world.addBooking()
    expect(await world.run('booking.search', { text: '34' })).toEqual([])
    const [found, ...others] = await world.run('booking.search', { text: '1234' })
    expect(others).toEqual([])
    expect(found).toMatchObject({ booking: someBooking, plate: 'GJ01AB1234', redeemed: false })
    expect(Object.keys(found ?? {}).toSorted()).toEqual(
      [
        'booking',
        'driverName',
        'plate',
        'redeemed',
        'state',
        'vehicleClass',
        'windowStartMs',
      ].toSorted(),
    )
  })
})

describe('Q9 an unpaid or ended booking at the lane', () => {
  const rows = [
    { state: 'held', mode: 'prepaid', pump: true, verdict: 'UNPAID' },
    { state: 'held', mode: 'prepaid', pump: false, verdict: 'UNPAID' },
    { state: 'expiring', mode: 'prepaid', pump: true, verdict: 'UNPAID' },
    { state: 'held', mode: 'fleet', pump: false, verdict: 'ADMIT' },
    { state: 'active', mode: 'pump', pump: true, verdict: 'ADMIT' },
    { state: 'active', mode: 'prepaid', pump: true, verdict: 'ADMIT' },
    { state: 'confirmed', mode: 'prepaid', pump: false, verdict: 'ADMIT' },
    { state: 'expired', mode: 'prepaid', pump: true, verdict: 'CANCELLED' },
    { state: 'cancelled', mode: 'pump', pump: true, verdict: 'CANCELLED' },
    { state: 'waitlisted', mode: 'pump', pump: true, verdict: 'CANCELLED' },
  ] as const

  it.each(rows)(
    'Q9 $state and paid by $mode, paying at the pump allowed $pump, is $verdict',
    async ({ state, mode, pump, verdict }) => {
      world = await stationWorld({ payAtPump: pump })
      world.addBooking({ state, payment_mode: mode })
      const { view } = await world.scan(tokenReading(), { positions: bothFree })
      expect(view.verdict).toBe(verdict)
    },
  )
})
