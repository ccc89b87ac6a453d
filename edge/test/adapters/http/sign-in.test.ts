import { minutes } from '@baari/shared/units/time'
import { beforeEach, expect, it } from 'vitest'
import { doorOf, type Door } from '../../support/door.ts'
import { goodSession, kavita, recordedDesk } from '../../support/recorded-desk.ts'

let door: Door
let calls: ReturnType<typeof recordedDesk>['calls']
beforeEach(() => {
  const recorded = recordedDesk()
  calls = recorded.calls
  door = doorOf(recorded.desk)
})

const signIn = (pin: string, attendant: string = kavita.attendant.id): Promise<Response> =>
  door.write('/v1/sign-in', { attendant, pin }, { cookie: null, 'idempotency-key': null })

it('before the PIN the names are there and nothing else', async () => {
  const response = await door.ask('/v1/attendants')
  expect(await response.json()).toEqual({ attendants: [kavita.attendant] })
})

it('the right PIN opens a session in a cookie that scripts and other sites cannot use', async () => {
  const response = await signIn('4821')
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual(kavita)
  const cookie = response.headers.get('set-cookie') ?? ''
  expect(cookie).toContain(`baari_attendant=${goodSession}`)
  expect(cookie).toContain('HttpOnly')
  expect(cookie).toContain('SameSite=Strict')
  const me = await door.ask('/v1/me', { headers: { cookie: cookie.split(';')[0] ?? '' } })
  expect(await me.json()).toEqual(kavita)
})

it('a wrong PIN is a 401 that says how many tries are left, and sets no cookie', async () => {
  const response = await signIn('0000')
  expect(response.status).toBe(401)
  expect(response.headers.get('set-cookie')).toBeNull()
  expect(await response.json()).toMatchObject({ code: 'wrong_pin', facts: { left: 4 } })
})

it('a seventh try in a moment waits, and the hash is not even computed', async () => {
  for (let i = 0; i < 6; i += 1) await signIn('0000')
  const seventh = await signIn('4821')
  expect(seventh.status).toBe(429)
  expect(Number(seventh.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(calls).toHaveLength(6)
  door.clock.advance(minutes(1))
  expect((await signIn('4821')).status).toBe(200)
})

it('guessing over many names is slowed down for the whole node', async () => {
  const names = Array.from(
    { length: 25 },
    (_, i) => `00000001-0000-7000-8000-${String(i).padStart(12, '0')}`,
  )
  const statuses = []
  for (const name of names) statuses.push((await signIn('0000', name)).status)
  expect(statuses.filter((status) => status === 401)).toHaveLength(20)
})

it('signing out ends the session and takes the cookie', async () => {
  const response = await door.write('/v1/sign-out', {})
  expect(response.status).toBe(204)
  expect(response.headers.get('set-cookie')).toContain('Max-Age=0')
  expect(calls).toEqual([{ name: 'signOut', args: [goodSession] }])
})

it('a cookie that has not the form of a session asks the ledger nothing', async () => {
  const response = await door.ask('/v1/me', { headers: { cookie: 'baari_attendant=1 OR 1=1' } })
  expect(response.status).toBe(401)
})
