import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ask,
  bookingBody,
  brokenCells,
  cloudWorld,
  windowAhead,
  type Answer,
  type CloudWorld,
  type TestDriver,
} from '../support/cloud-world.ts'
import { startCloudProcess, type CloudProcess } from '../support/cloud-process.ts'

const retryForMs = 60_000

let world: CloudWorld
let cloud: CloudProcess
beforeAll(async () => {
  world = await cloudWorld()
  cloud = await startCloudProcess(world.env)
})
afterAll(async () => {
  await cloud?.kill()
  await world?.dispose()
})

/** A client that keeps its key and asks again until it has a final answer. */
async function bookUntilAnswered(driver: TestDriver, windowStartMs: number): Promise<Answer> {
  const key = `crash-${driver.id}`
  const end = Date.now() + retryForMs
  for (;;) {
    const answer = await ask(cloud.url, '/v1/bookings', {
      body: bookingBody(driver, windowStartMs),
      cookie: driver.cookie,
      key,
    }).catch(() => undefined)
    const retry =
      answer === undefined || answer.status >= 500 || answer.body.code === 'idempotency_busy'
    if (!retry) return answer
    if (Date.now() > end) throw new Error(`no final answer for ${driver.id}: ${answer?.text}`)
    await wait(200)
  }
}

describe('a crash midway', () => {
  it(
    'B2 kill -9 of the API among 200 clients: exactly 20 bookings, nobody holds two, no cell is off',
    { timeout: 150_000 },
    async () => {
      const window = windowAhead(3)
      const drivers = await Promise.all(Array.from({ length: 200 }, () => world.driver()))
      const clients = Promise.all(drivers.map((driver) => bookUntilAnswered(driver, window)))
      await untilBooked(5)
      await cloud.kill()
      cloud = await startCloudProcess(world.env)
      const answers = await clients

      const won = answers.filter(({ status }) => status === 201)
      expect(won).toHaveLength(20)
      expect(answers.filter(({ body }) => body.code === 'window_full')).toHaveLength(180)
      const { rows } = await world.pool.query<{ id: string }>('SELECT id FROM booking')
      expect(rows.map(({ id }) => id).toSorted()).toEqual(won.map(({ body }) => body.id).toSorted())
      expect(await brokenCells(world.pool)).toEqual([])
    },
  )

  it('SIGTERM ends the process with exit code 0 and its jobs with it', async () => {
    const second = await startCloudProcess(world.env)
    expect((await ask(second.url, '/readyz')).status).toBe(200)
    expect(await second.terminate()).toBe(0)
  })
})

async function untilBooked(count: number): Promise<void> {
  const end = Date.now() + retryForMs
  for (;;) {
    const { rows } = await world.pool.query<{ n: string }>('SELECT count(*) AS n FROM booking')
    if (Number(rows[0]?.n) >= count) return
    if (Date.now() > end) throw new Error(`no ${count} bookings in time`)
    await wait(2)
  }
}
