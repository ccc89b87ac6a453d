import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { outOfTurnReport } from '@baari/shared/contracts/http/out-of-turn-api'
import { hashPassword } from '../../src/adapters/keys/argon2-passwords.ts'
import { composeCloud, type Cloud } from '../../src/compose.ts'
import { ask, cloudWorld, type CloudWorld } from '../support/cloud-world.ts'

let world: CloudWorld
let cloud: Cloud
const cookies = { operator: '', auditor: '' }
const at = Date.parse('2026-11-24T12:05:00Z')

beforeAll(async () => {
  world = await cloudWorld()
  cloud = await composeCloud(world.config)
  for (const role of ['operator', 'auditor'] as const) cookies[role] = await signedIn(role)
  const attendant = randomUUID()
  await world.pool.query(
    `INSERT INTO attendant (id, station_no, name, role, pin_hash)
     VALUES ($1, 42, 'Asha Patel', 'attendant', 'x')`,
    [attendant],
  )
  await world.pool.query(
    `INSERT INTO out_of_turn_call (station_no, call_id, op_ref, ticket_id, at_ms, position_no,
       staged, reason, note, by_attendant, by_manager, kind, label, plate_end, vehicle_class, passed,
       waiting_booked, waiting_walk_in)
     VALUES (42, $1, 'ab/ledger/1', $1, $2, 3, true, 'other', 'for +91 98250 12345', $3, $1,
       'booked', 'B 1234', '1234', 'car', '[]', 0, 0)`,
    [randomUUID(), at, attendant],
  )
})
afterAll(async () => {
  await cloud?.stop()
  await world?.dispose()
})

async function signedIn(role: string): Promise<string> {
  const body = { email: `${role}@example.in`, password: 'right password' }
  await world.pool.query(
    `INSERT INTO operator (id, email, name, role, password_hash) VALUES ($1, $2, 'P', $3, $4)`,
    [randomUUID(), body.email, role, await hashPassword(body.password)],
  )
  const { headers } = await ask(cloud.url, '/v1/operator/sign-in', { body })
  return headers.get('set-cookie')?.split(';')[0] ?? ''
}

const path = '/v1/operator/out-of-turn'
const span = `?fromMs=${at - 3_600_000}&toMs=${at + 3_600_000}`
const get = (where: string, cookie: string) => ask(cloud.url, where, { cookie })

describe('calls out of turn for operators', () => {
  it('nobody reads them without signing in, and a driver never does', async () => {
    const driver = await world.driver()
    for (const cookie of ['', driver.cookie]) {
      for (const where of [`${path}${span}`, `${path}.csv${span}`]) {
        const answer = await get(where, cookie)
        expect([answer.status, answer.body.code]).toEqual([401, 'not_signed_in'])
      }
    }
  })

  it('an operator reads names, an auditor initials', async () => {
    const read = async (role: keyof typeof cookies) =>
      outOfTurnReport.parse((await get(`${path}${span}`, cookies[role])).body)
    expect(await read('operator')).toMatchObject({
      stations: [{ station: 42, calls: 1, undone: 0 }],
      calls: [
        {
          attendant: { name: 'Asha Patel' },
          manager: { name: '' },
          plate: '•••• 1234',
          note: 'for +91 ••••• •••••',
          staged: true,
        },
      ],
    })
    expect(await read('auditor')).toMatchObject({
      attendants: [{ attendant: { name: 'A. P.' } }],
    })
  })

  it('the lines of text hold no name, no whole plate and no phone, for an operator either', async () => {
    const { status, headers, text } = await get(`${path}.csv${span}&station=42`, cookies.operator)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(headers.get('content-disposition')).toContain('out-of-turn.csv')
    expect(headers.get('baari-more')).toBe('false')
    expect(text).toContain('42,2026-11-24,17:35,3,yes,B 1234,•••• 1234,car,other,')
    expect(text).toContain(',A. P.,')
    expect(text).not.toMatch(/Asha|98250|12345/)
  })

  it.each([
    ['no time', ''],
    ['a time that ends before it begins', `?fromMs=${at}&toMs=${at}`],
    ['more than a quarter of a year', `?fromMs=${at}&toMs=${at + 93 * 86_400_000}`],
    ['a station that is none', `${span}&station=0`],
  ])('%s is refused', async (_what, query) => {
    for (const where of [`${path}${query}`, `${path}.csv${query}`]) {
      const answer = await get(where, cookies.operator)
      expect([answer.status, answer.body.code]).toEqual([400, 'malformed'])
    }
  })
})
