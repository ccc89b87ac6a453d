import { randomUUID, sign } from 'node:crypto'
import Database from 'better-sqlite3'
import { stationDays } from '@baari/cloud/adapters/postgres/sync/day-store'
import { stationDigests } from '@baari/cloud/adapters/postgres/sync/digest-store'
import { verifyStationText } from '@baari/cloud/adapters/sync-http/station-signature'
import { checkDays } from '@baari/cloud/app/sync/check-days'
import { dayText } from '@baari/shared/domain/sync/day-close'
import type { ProofRecord } from '@baari/edge/domain/sync/proof'
import type { Pool } from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addBooking } from '../../../cloud/test/support/sync-world.ts'
import type { EdgeNode } from './edge-node.ts'
import { eventually } from './eventually.ts'
import { chainsEqual, openFixture, type Fixture } from './sync-fixture.ts'

let fixture: Fixture

beforeEach(async () => {
  fixture = await openFixture()
})
afterEach(() => fixture.close())

const fiveMinutes = 300_000
const today = Math.floor(Date.now() / fiveMinutes) * fiveMinutes

const wayThere = /\/v1\/digest\/(.+)$/

/** A station that sold and voided fills and follows bookings, all of it known to both sides. */
async function soldStation(count = 40) {
  const trips: string[] = []
  const line: { cut: RegExp | null } = { cut: null }
  const node = await fixture.start({
    fetch: (input, init) => {
      const [, trip] = wayThere.exec(String(input)) ?? []
      if (trip !== undefined) trips.push(trip.split('?')[0] ?? '')
      if (trip !== undefined && line.cut?.test(trip)) return Promise.reject(new TypeError('cut'))
      return fetch(input, init)
    },
  })
  const { pool } = fixture.world
  for (let n = 0; n < 5; n += 1) await addBooking(pool, { id: randomUUID() })
  await pool.query('UPDATE booking SET window_start_ms = $1', [today])
  const fills = await node.ledger.run('test.sell', { count })
  await eventually(
    'rows on both sides',
    async () => (await node.ledger.run('test.count', 'booking')) === 5,
  )
  return { node, fills, trips, pool, line }
}

/** Asks until both sides hold the same ops and something can be said. */
async function proven(node: EdgeNode, why: 'daily' | 'reconnect' = 'daily'): Promise<ProofRecord> {
  await eventually('all ops on both sides', () => chainsEqual(fixture.world, node))
  return eventually('a proof', () => node.sync.prove(why), 60_000)
}

type FillRow = { readonly delivered_grams: number; readonly body: string }

/** The file as another program sees it: without the ledger's own triggers. */
function inFile<T>(work: (db: Database.Database) => T): T {
  const db = new Database(fixture.file(), { timeout: 5_000 })
  try {
    return work(db)
  } finally {
    db.close()
  }
}

const fillInFile = (id: string) =>
  inFile((db) => db.prepare<[string], FillRow>('SELECT * FROM fill WHERE id = ?').get(id))

/** A bit that turned over on the disk: no trigger of ours sees it. */
async function behindTheTriggers(pool: Pool, table: string, sql: string): Promise<void> {
  await pool.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`)
  await pool.query(sql)
  await pool.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`)
}

async function saleGrams(pool: Pool, id: string): Promise<number> {
  const { rows } = await pool.query<{ grams: string }>(
    'SELECT grams FROM sale WHERE fill_id = $1',
    [id],
  )
  return Number(rows[0]?.grams)
}

describe('proof of equality', () => {
  it('bookings, fills, sales and payments of both sides are equal to the row', async () => {
    const { node, trips } = await soldStation()
    const proof = await proven(node)
    expect(proof).toMatchObject({ outcome: 'equal', drifted: 0, found: [] })
    // 40 fills, of which 8 are voided and 4 disputed; the rest is sold and paid; five bookings.
    expect(proof.rows).toBe(40 + 28 + 28 + 5)
    expect([...new Set(trips)].sort()).toEqual(['bookings', 'fills', 'payments', 'sales'])
    expect([node.alarms, fixture.world.faults]).toEqual([[], []])
  })

  it('§9 case 32: one flipped bit in a fill at the station is found in 3 trips and mended', async () => {
    const { node, fills, trips, pool } = await soldStation()
    // The node proves by itself once it has signed in; that proof counts nothing anew.
    await proven(node)
    const asked = trips.length
    const id = fills[10] as string
    const before = fillInFile(id) as FillRow
    const flipped = before.delivered_grams ^ 4
    inFile((db) => db.prepare('UPDATE fill SET delivered_grams = ? WHERE id = ?').run(flipped, id))

    const proof = await proven(node)

    expect(proof).toMatchObject({ outcome: 'repaired', drifted: 1 })
    expect(proof.found).toMatchObject([{ set: 'fills', key: id, mended: true }])
    expect(fillInFile(id)).toEqual(before)
    expect(await saleGrams(pool, id)).toBe(before.delivered_grams)
    const ofFills = trips.slice(asked).filter((trip) => trip.startsWith('fills'))
    // The days, the buckets of the day, the keys of the bucket; then one look whether it is equal.
    expect(ofFills.map((trip) => trip.split('/').length)).toEqual([1, 2, 3, 1])
    expect(node.alarms).toEqual(['digest_differs', 'digest_drifted'])
    expect(await proven(node)).toMatchObject({ outcome: 'equal', drifted: 0 })
  })

  it('what a proof put right before the line cut it off is told by the next one, even of the next process', async () => {
    const { node, fills, line } = await soldStation(12)
    await proven(node)
    const id = fills[3] as string
    const before = fillInFile(id)
    inFile((db) => db.prepare('UPDATE fill SET delivered_grams = 1 WHERE id = ?').run(id))
    line.cut = /^payments/
    expect(await node.sync.prove('daily')).toBeUndefined()
    expect(fillInFile(id)).toEqual(before)
    expect(node.alarms).toEqual([])
    await fixture.stop(node)
    const next = await fixture.start()
    await proven(next)
    // The next process may prove by itself before it is asked to: whichever proof tells it, it is one.
    const kept = inFile((db) =>
      db.prepare<[], string>(`SELECT body FROM proof WHERE outcome = 'repaired'`).pluck().all(),
    )
    expect(kept.map((body) => JSON.parse(body) as unknown)).toMatchObject([
      { drifted: 1, found: [{ set: 'fills', key: id, mended: true }] },
    ])
    expect(next.alarms).toEqual(['digest_differs', 'digest_drifted'])
    expect(await proven(next)).toMatchObject({ outcome: 'equal', drifted: 0, found: [] })
  })

  it('more rows than one proof names are all mended, and the cloud can read what it is told', async () => {
    const { node, fills, pool } = await soldStation(20)
    await proven(node)
    const sold = fills.filter((id) => Number(fillInFile(id)?.delivered_grams) > 0)
    expect(sold.length).toBeGreaterThan(10)
    inFile((db) => {
      const mass = db.prepare('UPDATE fill SET delivered_grams = delivered_grams + 1 WHERE id = ?')
      const money = db.prepare('UPDATE fill_payment SET method = ? WHERE fill = ?')
      for (const id of sold.slice(0, 11)) {
        mass.run(id)
        money.run('upi', id)
      }
    })
    const proof = await proven(node)
    expect(proof).toMatchObject({ outcome: 'repaired' })
    expect(proof.found).toHaveLength(20)
    const told = await eventually('the cloud heard of it', async () => {
      const { rows } = await pool.query<{ n: number }>(
        `SELECT json_array_length(found::json) AS n FROM station_proof WHERE outcome = 'repaired'`,
      )
      return rows[0]
    })
    expect(told.n).toBe(20)
    expect(await proven(node)).toMatchObject({ outcome: 'equal' })
  })

  it('§9 case 32: one flipped bit in a fill at the cloud is found in 3 trips and mended', async () => {
    const { node, fills, trips, pool } = await soldStation()
    const id = fills[11] as string
    const grams = await eventually('sold', async () => (await saleGrams(pool, id)) || undefined)
    await behindTheTriggers(
      pool,
      'sale',
      `UPDATE sale SET grams = grams # 1, recv_at_ms = recv_at_ms WHERE fill_id = '${id}'`,
    )
    expect(await saleGrams(pool, id)).toBe(grams ^ 1)

    const proof = await proven(node)

    expect(proof.outcome).toBe('repaired')
    expect(proof.found).toMatchObject([{ set: 'fills', key: id, mended: true }])
    expect(await saleGrams(pool, id)).toBe(grams)
    const ofFills = trips.filter((trip) => trip.startsWith('fills'))
    // The op is sent once more after the third trip.
    expect(ofFills).toHaveLength(5)
    expect(ofFills.slice(0, 3).map((trip) => trip.split('/').length)).toEqual([1, 2, 3])
    expect(ofFills[3]).toBe('fills/repair')
    const told = await eventually('the cloud heard of it', async () => {
      const { rows } = await pool.query<{ outcome: string }>('SELECT outcome FROM station_proof')
      return rows[0]
    })
    expect(told.outcome).toBe('repaired')
    expect(await proven(node)).toMatchObject({ outcome: 'equal' })
  })

  it('a row changed by hand at the cloud is found after a reconnect without counting anew', async () => {
    const { node, fills, pool } = await soldStation(12)
    await proven(node)
    const id = fills[0] as string
    await pool.query('UPDATE sale SET amount_paise = amount_paise + 100 WHERE fill_id = $1', [id])
    await pool.query('DELETE FROM payment_collected WHERE fill_id = $1', [fills[1]])
    const proof = await proven(node, 'reconnect')
    expect(proof.outcome).toBe('repaired')
    expect(proof.found).toMatchObject([
      { set: 'sales', key: id, mended: true },
      { set: 'payments', key: fills[1], there: null, mended: true },
    ])
  })

  it('a booking damaged at the station is read anew from its author', async () => {
    const { node } = await soldStation(3)
    await proven(node)
    inFile((db) => db.prepare('UPDATE booking SET grams = grams + 1').run())
    const proof = await proven(node)
    expect(proof.outcome).toBe('repaired')
    expect(proof.found.map(({ set, mended }) => [set, mended])).toEqual(
      Array.from({ length: 5 }, () => ['bookings', true]),
    )
    const grams = inFile((db) => db.prepare('SELECT DISTINCT grams FROM booking').pluck().all())
    expect(grams).toEqual([8_000])
  })

  it('a row whose op was changed too is left for a person, who is told', async () => {
    const { node, fills, pool } = await soldStation(6)
    await proven(node)
    const id = fills[0] as string
    inFile((db) => {
      db.prepare('UPDATE fill SET amount_paise = amount_paise + 1 WHERE id = ?').run(id)
      db.prepare(
        `UPDATE outbox SET raw = CAST(replace(raw, '"amountPaise":', '"amountPaise":1') AS BLOB)
        WHERE kind = 'fill.settled'`,
      ).run()
    })
    const proof = await proven(node)
    expect(proof.outcome).toBe('differs')
    expect(proof.found).toMatchObject([{ set: 'sales', key: id, mended: false }])
    expect(node.alarms).toContain('digest_differs')
    const open = await eventually('on the conflict list', async () => {
      const { rows } = await pool.query<{ kind: string; detail: string }>(
        'SELECT kind, detail FROM exception',
      )
      return rows.find(({ kind }) => kind === 'digest_differs')
    })
    expect(open.detail).toContain(id)
  })

  it('nothing is compared while the sides hold different ops', async () => {
    const { node, pool } = await soldStation(3)
    await proven(node)
    await pool.query(`UPDATE station_head SET seq = seq + 1 WHERE stream = 'ledger'`)
    expect(await node.sync.prove('reconnect')).toBeUndefined()
  })

  it('a repair takes no other bytes than those under the chain', async () => {
    const { node, fills, pool } = await soldStation(3)
    await proven(node)
    const witness = await node.ledger.run('proof.witness', {
      set: 'sales',
      key: fills[0] as string,
    })
    const { rows } = await pool.query<{ token_hash: Buffer }>(
      'SELECT token_hash FROM station_token',
    )
    expect(rows.length).toBeGreaterThan(0)
    expect(witness).not.toBeNull()
    const grams = await saleGrams(pool, fills[0] as string)
    const line = Buffer.from(witness?.raw ?? [])
    const forged = Buffer.from(line.toString('utf8').replace('"grams":', '"grams":9'))
    const { epoch, seq } = witness?.place ?? { epoch: '', seq: 0 }
    const of = { stationNo: 42, set: 'sales' } as const
    const digests = stationDigests(pool)
    expect(await digests.mend(of, [{ epoch, seq, line: forged }])).toEqual(['not_ours'])
    expect(await digests.mend(of, [{ epoch, seq, line }])).toEqual(['mended'])
    expect(await saleGrams(pool, fills[0] as string)).toBe(grams)
  })

  it('a day is signed after its proof, and the cloud holds it against its own rows', async () => {
    const { node, pool } = await soldStation(10)
    await proven(node)
    const today = Math.floor((Date.now() + 19_800_000) / 86_400_000)
    const station = 42
    const figures = await node.ledger.run('proof.figures', { day: today })
    expect(figures).toMatchObject({ day: today, fills: 7 })
    const text = Buffer.from(dayText(station, figures))
    const sig = sign(null, text, fixture.world.stationKey).toString('base64url')
    const close = { station, figures, kid: 142, sig }
    expect(await node.ledger.run('proof.close', close)).toEqual({ closed: true })
    await eventually('all ops on both sides', () => chainsEqual(fixture.world, node))
    const days = stationDays(pool, stationDigests(pool))
    expect(await checkDays({ days, verify: verifyStationText })).toBe(2)
    const { rows } = await pool.query<{ day: number; differences: string[] }>(
      'SELECT day, differences FROM station_day ORDER BY day',
    )
    // Yesterday was closed by the proof itself; nothing was sold on it.
    expect(rows).toEqual([
      { day: today - 1, differences: [] },
      { day: today, differences: [] },
    ])
    await pool.query('UPDATE station_day SET differences = NULL WHERE day = $1', [today])
    await pool.query('UPDATE sale SET amount_paise = amount_paise + 1')
    await checkDays({ days, verify: verifyStationText })
    const found = await pool.query<{ detail: string }>(
      `SELECT detail FROM exception WHERE kind = 'day_differs'`,
    )
    expect(found.rows).toEqual([{ detail: `day ${today}: root sales, amount` }])
  })

  it('a day that moved since its figures were read is not signed', async () => {
    const { node } = await soldStation(3)
    const day = Math.floor((Date.now() + 19_800_000) / 86_400_000)
    const figures = await node.ledger.run('proof.figures', { day })
    await node.ledger.run('test.sell', { count: 1 })
    const close = { station: 42, figures, kid: 142, sig: 'x' }
    expect(await node.ledger.run('proof.close', close)).toEqual({ closed: false })
  })
})
