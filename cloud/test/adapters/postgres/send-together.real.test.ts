import { setImmediate as turn } from 'node:timers/promises'
import type { Pool } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { inTransaction, openPool } from '../../../src/adapters/postgres/pool.ts'
import { sendInParts } from '../../../src/adapters/postgres/send-together.ts'
import { createTestDatabase, type TestDatabase } from '../../test-database.ts'

let database: TestDatabase
let pool: Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = openPool({ url: database.url, size: 2, onFault: () => undefined })
  await pool.query('CREATE TABLE line (id serial, no int PRIMARY KEY)')
})
beforeEach(() => pool.query('TRUNCATE line RESTART IDENTITY'))
afterAll(async () => {
  await pool?.end()
  await database?.drop()
})

const add = (no: number) => ({ text: 'INSERT INTO line (no) VALUES ($1)', values: [no] })

async function numbers(): Promise<readonly number[]> {
  const { rows } = await pool.query<{ no: number }>('SELECT no FROM line ORDER BY id')
  return rows.map(({ no }) => no)
}

describe('statements in parts', () => {
  it('are written in the order of the parts', async () => {
    await inTransaction(pool, (client) =>
      sendInParts(client, [() => [add(3), add(1)], () => [], () => [add(2)]]),
    )
    expect(await numbers()).toEqual([3, 1, 2])
  })

  it('a part that fails is told once the others have been answered, and nothing is written', async () => {
    const unheard: unknown[] = []
    const hear = (reason: unknown): void => void unheard.push(reason)
    process.on('unhandledRejection', hear)
    const failing = inTransaction(pool, (client) =>
      sendInParts(client, [() => [add(1), add(1)], () => [add(2)], () => [add(3)]]),
    )
    await expect(failing).rejects.toMatchObject({ code: '23505' })
    await turn()
    process.off('unhandledRejection', hear)
    expect(unheard).toEqual([])
    expect(await numbers()).toEqual([])
    // The connection it failed on is as good as before.
    await inTransaction(pool, (client) => sendInParts(client, [() => [add(4)]]))
    expect(await numbers()).toEqual([4])
  })

  it('a part that cannot be made takes what was sent back', async () => {
    const failing = inTransaction(pool, (client) =>
      sendInParts(client, [
        () => [add(1)],
        () => {
          throw new TypeError('no such part')
        },
      ]),
    )
    await expect(failing).rejects.toThrow('no such part')
    expect(await numbers()).toEqual([])
  })
})
