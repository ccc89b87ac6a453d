import { hours, seconds } from '@baari/shared/units/time'
import { beforeEach, describe, expect, it } from 'vitest'
import { at } from '../../support/scan-builders.ts'
import { otherBooking, someBooking, stationWorld, type World } from '../../support/station-world.ts'

let world: World

beforeEach(async () => {
  world = await stationWorld()
})

describe('what is kept and for how long', () => {
  it('raw text of a failed scan is erased after 30 days, reason, lane and hash stay', async () => {
    await world.scan({ kind: 'forged' }, { raw: 'secret plate' })
    world.advance(hours(30 * 24))
    expect(await world.run('retention.run', {})).toMatchObject({ erased: 0 })
    world.advance(seconds(1))
    expect(await world.run('retention.run', {})).toMatchObject({ erased: 1 })
    const row = world.db.prepare('SELECT raw, lane, verdict, raw_sha256 FROM failed_scan').get()
    expect(row).toMatchObject({ raw: null, lane: 1, verdict: 'FORGED' })
  })

  it('of a long raw text 4 KiB are kept and the hash is of all of it', async () => {
    await world.scan({ kind: 'unreadable' }, { raw: 'x'.repeat(10_000) })
    const row = world.db.prepare('SELECT length(raw) AS n FROM failed_scan').get()
    expect(row).toEqual({ n: 4096 })
  })

  it('a booking nobody scanned is reported once as a no-show, without trust if the clock has none', async () => {
    world.addBooking({ window_start_ms: at('08:00') })
    world.addBooking({ id: otherBooking, window_start_ms: at('08:45') })
    world.distrustClock()
    expect(await world.run('booking.sweepNoShows', {})).toEqual({ reported: 1 })
    expect(await world.run('booking.sweepNoShows', {})).toEqual({ reported: 0 })
    expect(world.ops('booking.no_show')[0]?.body).toEqual({
      booking: someBooking,
      clockTrusted: false,
      excused: 'clock_uncertain',
    })
  })
})
