import { attendantId } from '@baari/shared/units/names'
import { hours, minutes, seconds } from '@baari/shared/units/time'
import { beforeEach, describe, expect, it } from 'vitest'
import { asha, meera, stationWorld, type World } from '../../support/station-world.ts'

let world: World

beforeEach(async () => {
  world = await stationWorld()
  world.addAttendant(asha, 'attendant')
  world.addAttendant(meera, 'manager')
})

const begin = (attendant = asha) => world.run('attendant.beginSignIn', { attendant })
const end = (ok: boolean, session = 'aa'.repeat(16), attendant = asha) =>
  world.run('attendant.endSignIn', { attendant, ok, session })
const who = (session = 'aa'.repeat(16)) => world.run('attendant.session', { session })

describe('signing in by PIN', () => {
  it('names are listed without their hashes', async () => {
    expect(await world.run('attendant.list', {})).toEqual({
      attendants: [
        { id: asha, name: 'attendant', role: 'attendant' },
        { id: meera, name: 'manager', role: 'manager' },
      ],
    })
  })

  it('the right PIN opens a session of twelve hours', async () => {
    expect(await begin()).toEqual({ ok: true, value: { pinHash: 'hash of attendant' } })
    expect(await end(true)).toMatchObject({ ok: true, value: { attendant: { id: asha } } })
    world.advance(hours(11))
    expect(await who()).toMatchObject({ attendant: { name: 'attendant' } })
    world.advance(hours(1))
    expect(await who()).toBeUndefined()
  })

  it('the file holds the hash of the cookie, never the cookie', async () => {
    await end(true)
    const stored = world.db.prepare('SELECT session_sha256 FROM attendant_session').pluck().get()
    expect(stored).toMatch(/^[0-9a-f]{64}$/)
    expect(stored).not.toContain('aa'.repeat(16))
  })

  it('five wrong PINs lock for five minutes, also against the right one', async () => {
    for (let n = 0; n < 4; n += 1) {
      expect(await end(false)).toMatchObject({ error: { code: 'wrong_pin' } })
    }
    expect(await end(false)).toMatchObject({
      error: { code: 'pin_locked', facts: { untilMs: world.now() + 300_000 } },
    })
    expect(await begin()).toMatchObject({ error: { code: 'pin_locked' } })
    expect(await end(true)).toMatchObject({ error: { code: 'pin_locked' } })
    expect(await begin(meera)).toMatchObject({ ok: true })
    world.advance(minutes(5))
    expect(await begin()).toMatchObject({ ok: true })
    expect(await end(true)).toMatchObject({ ok: true })
  })

  it('after a lock the count begins anew, and a right PIN clears it', async () => {
    for (let n = 0; n < 5; n += 1) await end(false)
    world.advance(minutes(5))
    for (let n = 0; n < 4; n += 1) {
      expect(await end(false)).toMatchObject({ error: { code: 'wrong_pin' } })
    }
    expect(await end(true)).toMatchObject({ ok: true })
    expect(await end(false, 'bb')).toMatchObject({ error: { code: 'wrong_pin' } })
  })

  it('an unknown attendant is told like a wrong PIN', async () => {
    const nobody = attendantId('00000001-0000-7000-8000-00000000ffff')
    expect(await begin(nobody)).toMatchObject({ error: { code: 'wrong_pin' } })
  })

  it('an attendant who was removed is signed out everywhere', async () => {
    await end(true)
    world.db.prepare('UPDATE attendant SET active = 0 WHERE id = ?').run(asha)
    expect(await who()).toBeUndefined()
  })

  it('signing out ends this session only', async () => {
    await end(true)
    await end(true, 'cc'.repeat(16))
    await world.run('attendant.signOut', { session: 'aa'.repeat(16) })
    expect(await who()).toBeUndefined()
    expect(await who('cc'.repeat(16))).toBeDefined()
  })

  it('a try a second before the lock ends is still locked', async () => {
    for (let n = 0; n < 5; n += 1) await end(false)
    world.advance(seconds(299))
    expect(await begin()).toMatchObject({ error: { code: 'pin_locked' } })
  })
})
