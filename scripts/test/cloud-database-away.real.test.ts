import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { composeCloud } from '@baari/cloud/compose'
import { seedDemo } from '@baari/cloud/compose/seed-demo'
import { readConfig } from '@baari/cloud/config'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { Pool } from 'pg'
import { expect, it } from 'vitest'
import { freePort, startPostgres } from '../dev/embedded-postgres.ts'
import { temporaryFolder } from '../dev/temporary-folder.ts'

const recoverWithinMs = 30_000

it('a stopped PostgreSQL gives 503 with Retry-After, and the same process recovers by itself', async () => {
  const folder = temporaryFolder('database-away')
  const at = { folder: join(folder, 'server'), port: await freePort(), durable: false }
  let server = await startPostgres(at)
  await seed(server.url)
  const cloud = await composeCloud(
    readConfig({
      BAARI_DATABASE_URL: server.url,
      BAARI_CLOUD_DATA: join(folder, 'keys'),
      BAARI_CLOUD_PORT: '0',
    }),
  )
  const get = (path: string) => fetch(new URL(path, cloud.url))
  try {
    expect((await get('/v1/stations')).status).toBe(200)
    await server.stop()
    const away = await get('/v1/stations')
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '2'])
    expect(await away.json()).toMatchObject({ code: 'store_away' })
    expect([(await get('/readyz')).status, (await get('/healthz')).status]).toEqual([503, 200])

    server = await startPostgres(at)
    const end = Date.now() + recoverWithinMs
    while ((await get('/readyz')).status !== 200 && Date.now() < end) await wait(100)
    expect((await get('/v1/stations')).status).toBe(200)
  } finally {
    await cloud.stop()
    await server.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  }
})

async function seed(url: string): Promise<void> {
  const pool = new Pool({ connectionString: url, max: 2 })
  const station = {
    no: 42,
    id: randomUUID(),
    name: 'Demo',
    address: 'Road',
    pricePaisePerKg: paisePerKg(9_200),
    positions: [['ngv1'] as const],
    compressorGramsPerHour: grams(900_000),
  }
  await seedDemo(pool, { station, attendants: [], operators: [] })
  await pool.end()
}
