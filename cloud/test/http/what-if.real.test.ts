import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  whatIfAnswer,
  whatIfAsk,
  type WhatIfQuestion,
} from '@baari/shared/contracts/http/what-if-api'
import { stationOf } from '@baari/shared/contracts/twin/scenario-station'
import { whatIf } from '@baari/shared/domain/twin/what-if'
import { hashPassword } from '../../src/adapters/keys/argon2-passwords.ts'
import { composeCloud, type Cloud } from '../../src/compose.ts'
import { ask, cloudWorld, testOrigin, type CloudWorld } from '../support/cloud-world.ts'

let world: CloudWorld
let cloud: Cloud
let [operator, auditor] = ['', '']

async function cookieOf(role: 'operator' | 'auditor'): Promise<string> {
  const body = { email: `${role}@example.in`, password: 'right password' }
  await world.pool.query(
    'INSERT INTO operator (id, email, name, role, password_hash) VALUES ($1, $2, $3, $3, $4)',
    [randomUUID(), body.email, role, await hashPassword(body.password)],
  )
  const { headers } = await ask(cloud.url, '/v1/operator/sign-in', { body })
  return headers.get('set-cookie')?.split(';')[0] ?? ''
}

beforeAll(async () => {
  world = await cloudWorld()
  cloud = await composeCloud(world.config)
  operator = await cookieOf('operator')
  auditor = await cookieOf('auditor')
})
afterAll(async () => {
  await cloud?.stop()
  await world?.dispose()
})

const path = '/v1/operator/what-if'
const small: WhatIfQuestion = {
  scenario: { name: 'small', replications: 3, day: { positions: 2, load: 0.7, bookedShare: 0.5 } },
  changes: [{ kind: 'close-position' }],
}
/** More than twelve seconds of any processor. */
const endless: WhatIfQuestion = {
  scenario: { name: 'big', replications: 40, days: 20, steady: { positions: 16, load: 0.95 } },
  changes: [{ kind: 'rule', streakLimit: 3, streakLimitWhenOld: 1 }],
}
const post = (body: unknown, cookie = operator) => ask(cloud.url, path, { body, cookie })

function leaving(body: WhatIfQuestion) {
  const left = new AbortController()
  const answer = fetch(`${cloud.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: operator, origin: testOrigin },
    body: JSON.stringify(body),
    signal: left.signal,
  }).then(
    ({ status }) => status,
    () => 'left',
  )
  return { answer, leave: () => left.abort() }
}

describe('what if', () => {
  it('operators ask; an auditor, a driver and a stranger do not', async () => {
    expect((await post(small, '')).status).toBe(401)
    expect((await post(small, (await world.driver()).cookie)).status).toBe(401)
    expect((await post(small, auditor)).status).toBe(403)
  })

  it('the answer is the twin’s own, before and after the change and as their difference', async () => {
    const told = whatIfAnswer.parse((await post(small)).body)
    const { scenario, changes } = whatIfAsk.parse(small)
    const own = whatIf(stationOf(scenario), changes, scenario)
    const { cpuMs, ...figures } = told
    expect({ ok: true, value: figures }).toEqual(own)
    expect(cpuMs).toBeGreaterThan(0)
    expect(told.difference?.allMean.mean).toBeGreaterThan(0)
  })

  it('a question out of its bounds is refused at the door, an impossible one with its reason', async () => {
    const { scenario, changes } = small
    const wrong = [
      { scenario: { ...scenario, replications: 41 }, changes },
      { scenario: { ...scenario, day: { positions: 17, load: 0.7 } }, changes },
      { scenario, changes: [{ kind: 'open-position' }] },
      { scenario: { name: 'none' }, changes },
    ]
    for (const body of wrong) {
      expect((await post(body)).body).toMatchObject({ status: 400, code: 'malformed' })
    }
    const one = { ...scenario, day: { positions: 1, load: 0.7 } }
    expect((await post({ scenario: one, changes })).body).toMatchObject({
      ...{ status: 422, code: 'what_if_impossible', facts: { reason: 'no_position_left' } },
    })
  })

  it('one who leaves frees the thread, one who waits has his turn then, and too many are sent away', async () => {
    const asked = Array.from({ length: 6 }, () => leaving(endless))
    // One is played and three wait: two are told to come again.
    const sentAway: unknown[] = []
    for (const { answer } of asked) void answer.then((status) => sentAway.push(status))
    await vi.waitFor(() => expect(sentAway).toEqual([429, 429]), { timeout: 10_000 })
    const late = await post(small)
    expect([late.status, late.body.code, late.headers.get('retry-after')]).toEqual([
      429,
      'what_if_busy',
      '10',
    ])
    expect((await ask(cloud.url, '/v1/operator/me', { cookie: operator })).status).toBe(200)
    for (const { leave } of asked) leave()
    const ends = await Promise.all(asked.map(({ answer }) => answer))
    expect(ends.filter((end) => end === 'left')).toHaveLength(4)
    expect(whatIfAnswer.safeParse(await answered()).success).toBe(true)
  }, 60_000)
})

/** Those who left are noticed when their connections end, a moment after they did. */
async function answered(): Promise<unknown> {
  for (;;) {
    const { status, body } = await post(small)
    if (status !== 429) return body
  }
}
