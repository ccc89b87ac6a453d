import { laneNo } from '@baari/shared/units/names'
import { minutes } from '@baari/shared/units/time'
import { istDay } from '@baari/shared/units/ist-calendar'
import { beforeEach, describe, expect, it } from 'vitest'
import { at } from '../../support/scan-builders.ts'
import { stationWorld, tokenReading, type World } from '../../support/station-world.ts'

let world: World

beforeEach(async () => {
  world = await stationWorld()
})

const verdict = async (answer: ReturnType<World['scan']>) => (await answer).view.verdict

describe('codes nobody has synced', () => {
  const wrong = { kind: 'code', digits: '123456789', place: null } as const
  const place = { day: istDay(at('09:00')), slot: 108, n: 3 }
  const right = { kind: 'code', digits: '482109379', place } as const

  it('P55 a right tag gets a provisional place, pays at the pump and is asked for details', async () => {
    const { view } = await world.scan(right, { source: 'keypad' })
    expect(view).toMatchObject({
      verdict: 'ADMIT',
      provisional: true,
      ticket: { needsDetails: true, windowStartMs: at('09:00') },
    })
    expect(world.ops('booking.provisional')[0]?.body).toMatchObject({
      booking: null,
      code: '482109379',
      token: null,
    })
    expect(await verdict(world.scan(right))).toBe('PRESENT')
  })

  it('P55 a use claimed by code stays claimed when the row arrives later', async () => {
    await world.scan(right)
    world.addBooking({ code: '482109379' })
    expect(await verdict(world.scan(right))).toBe('PRESENT')
    expect(await verdict(world.scan(tokenReading()))).toBe('PRESENT')
  })

  it('P52 five wrong tags in ten minutes lock the lane, the other lane goes on', async () => {
    for (let n = 0; n < 5; n += 1) expect(await verdict(world.scan(wrong))).toBe('UNKNOWN')
    expect(await verdict(world.scan(right))).toBe('CODE_LOCKED')
    expect(await verdict(world.scan(right, { lane: laneNo(2) }))).toBe('ADMIT')
    const other = { ...right, digits: '482109380' }
    expect(await verdict(world.scan(other, { managerUnlocked: true }))).toBe('ADMIT')
    world.advance(minutes(11))
    expect(await verdict(world.scan({ ...right, digits: '482109381' }))).toBe('LATE')
  })

  it('P52 typing errors are not counted and synced codes are admitted', async () => {
    world.addBooking({ code: '482109379' })
    for (let n = 0; n < 9; n += 1) await world.scan({ kind: 'unreadable' })
    for (let n = 0; n < 5; n += 1) await world.scan(wrong)
    expect(await verdict(world.scan({ ...right, place: null }))).toBe('ADMIT')
  })

  it('P52 twenty wrong tags lock the station until the day is over', async () => {
    for (let n = 0; n < 20; n += 1) {
      await world.scan(wrong)
      world.advance(minutes(11))
    }
    expect(await verdict(world.scan(wrong, { lane: laneNo(2) }))).toBe('CODE_LOCKED')
    world.goTo(at('00:30', '2026-11-23'))
    expect(await verdict(world.scan(wrong, { lane: laneNo(2) }))).toBe('UNKNOWN')
  })
})
