import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { syncConflicts, syncStations } from '@baari/shared/contracts/http/sync-api'
import { hashPassword } from '../../src/adapters/keys/argon2-passwords.ts'
import { composeCloud, type Cloud } from '../../src/compose.ts'
import { ask, cloudWorld, type CloudWorld } from '../support/cloud-world.ts'
import { tellStory } from '../support/station-story.ts'

let world: CloudWorld
let cloud: Cloud
let [operator, auditor] = ['', '']

const password = 'right password'

async function cookieOf(role: 'operator' | 'auditor'): Promise<string> {
  const email = `${role}@example.in`
  await world.pool.query(
    'INSERT INTO operator (id, email, name, role, password_hash) VALUES ($1, $2, $3, $3, $4)',
    [randomUUID(), email, role, await hashPassword(password)],
  )
  const { headers } = await ask(cloud.url, '/v1/operator/sign-in', { body: { email, password } })
  return headers.get('set-cookie')?.split(';')[0] ?? ''
}

beforeAll(async () => {
  world = await cloudWorld()
  cloud = await composeCloud(world.config)
  operator = await cookieOf('operator')
  auditor = await cookieOf('auditor')
  await tellStory(cloud.url, world.pool)
})
afterAll(async () => {
  await cloud?.stop()
  await world?.dispose()
})

const stations = async () =>
  syncStations.parse((await ask(cloud.url, '/v1/sync/status', { cookie: auditor })).body)
const conflicts = async () =>
  syncConflicts.parse((await ask(cloud.url, '/v1/sync/conflicts', { cookie: auditor })).body)
const resolve = (id: string, cookie: string) =>
  ask(cloud.url, '/v1/sync/conflicts/resolve', { body: { id, note: 'read off the meter' }, cookie })

describe('the operator’s sync desk', () => {
  it('nobody looks without signing in', async () => {
    for (const path of ['/v1/sync/status', '/v1/sync/conflicts', '/v1/operator/me']) {
      expect([path, (await ask(cloud.url, path)).status]).toEqual([path, 401])
    }
  })

  it('a station stands there with its lag, its proof and its shift by both sides’ counting', async () => {
    // What a station says of its link is written down within a second.
    const { nowMs, stations: list } = await vi.waitFor(
      async () => {
        const told = await stations()
        expect(told.stations[0]?.unsentOps).toBe(37)
        return told
      },
      { timeout: 10_000 },
    )
    const [link] = list
    expect(list).toHaveLength(1)
    expect(link).toMatchObject({ station: 42, openConflicts: 1, openDeadLetters: 1 })
    expect(nowMs - (link?.oldestUnsentMs ?? 0)).toBeGreaterThanOrEqual(4 * 60_000)
    expect(link?.lastProof).toMatchObject({ outcome: 'equal', rows: 4_812 })
    expect(link?.heads).toContainEqual(expect.objectContaining({ stream: 'ledger', seq: 9 }))
    const { station, cloud: ours, totalisers } = link?.lastShift ?? {}
    expect(station).toMatchObject({ fills: 2, grams: 7_350 })
    expect(ours).toEqual(station)
    expect(totalisers).toEqual([{ position: 1, grams: 1_007_350 }])
  })

  it('a conflict shows what the station said beside what the cloud holds', async () => {
    const { conflicts: open } = await conflicts()
    const wrong = open.find(({ code }) => code === 'amount_differs')
    expect(wrong).toMatchObject({ kind: 'exception', told: { kind: 'fill.settled' } })
    expect(wrong?.held).toMatchObject([{ table: 'sale', facts: { grams: '3100' } }])
    const sold = wrong?.held[0]?.facts['amount_paise']
    expect(wrong?.told?.facts['amountPaise']).toBe(sold)
    const letter = open.find(({ kind }) => kind === 'dead-letter')
    expect(letter).toMatchObject({ code: 'scan_incomplete', told: { kind: 'scan.failed' } })
    expect(letter?.told?.facts).not.toHaveProperty('rawBase64')
  })

  it('an auditor reads and decides nothing; an operator decides once', async () => {
    const { conflicts: open } = await conflicts()
    const ids = open.map(({ id }) => id)
    expect(ids).toHaveLength(2)
    expect((await resolve(ids[0] ?? '', auditor)).status).toBe(403)
    for (const id of ids) {
      expect((await resolve(id, operator)).status).toBe(204)
      expect((await resolve(id, operator)).status).toBe(404)
    }
    expect((await resolve("exception/1' OR true", operator)).status).toBe(404)
    expect((await conflicts()).conflicts).toEqual([])
    const { rows } = await world.pool.query<{ resolution: string }>(
      'SELECT resolution FROM exception UNION ALL SELECT note FROM dead_letter',
    )
    expect(rows.map(({ resolution }) => resolution)).toEqual(Array(2).fill('read off the meter'))
  })
})
