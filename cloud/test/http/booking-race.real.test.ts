import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeCloud, type Cloud } from '../../src/compose.ts'
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

const repeats = Number(process.env['BAARI_REPEAT'] ?? 5)

let world: CloudWorld
let cloud: Cloud
beforeAll(async () => {
  world = await cloudWorld()
  cloud = await composeCloud(world.config)
})
afterAll(async () => {
  await cloud?.stop()
  await world?.dispose()
})

function book(driver: TestDriver, windowStartMs: number): Promise<Answer> {
  const body = bookingBody(driver, windowStartMs)
  return ask(cloud.url, '/v1/bookings', { body, cookie: driver.cookie, key: `book-${driver.id}` })
}

/** Empties every window, so that more rounds than the horizon has room for can follow. */
async function forgetBookings(): Promise<void> {
  await world.pool.query('TRUNCATE booking_cell, booking CASCADE')
  await world.pool.query('UPDATE slot_cell SET sold_milli_minutes = 0, sold_grams = 0')
}

function manyDrivers(count: number): Promise<TestDriver[]> {
  return Promise.all(Array.from({ length: count }, () => world.driver()))
}

describe('races for a window', () => {
  // Windows two hours apart share no rolling hour, so each round finds the whole capacity.
  let round = 0
  const nextWindow = (): number => windowAhead(2) + 120 * 60_000 * round++

  it(
    `B2 200 clients for room for 20: exactly 20 bookings and 180 clear refusals (${repeats} times)`,
    { timeout: 60_000 * repeats },
    async () => {
      for (let run = 0; run < repeats; run += 1) {
        const window = windowAhead(2) + 120 * 60_000 * (run % 10)
        const drivers = await manyDrivers(200)
        const answers = await Promise.all(drivers.map((driver) => book(driver, window)))
        const won = answers.filter(({ status }) => status === 201)
        const lost = answers.filter(({ status }) => status !== 201)
        expect(won).toHaveLength(20)
        for (const { status, body } of lost) {
          expect([status, body.code]).toEqual([409, 'window_full'])
          expect(body.alternatives).toHaveLength(3)
        }
        expect(new Set(won.map(({ body }) => body.code)).size).toBe(20)
        expect(await brokenCells(world.pool)).toEqual([])
        if (run % 10 === 9) await forgetBookings()
      }
      // Every tenth run was forgotten with those before it.
      round = repeats % 10
    },
  )

  it.each(['at once', 'one after the other'])(
    'B1 two clients for the last place %s: one booking, one conflict with three alternatives',
    async (how) => {
      const window = nextWindow()
      const [first, second, ...others] = await manyDrivers(21)
      for (const driver of others) expect((await book(driver, window)).status).toBe(201)
      if (first === undefined || second === undefined) throw new Error('two drivers')
      const answers =
        how === 'at once'
          ? await Promise.all([book(first, window), book(second, window)])
          : [await book(first, window), await book(second, window)]
      expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409])
      const refused = answers.find(({ status }) => status === 409)
      expect(refused?.body.code).toBe('window_full')
      expect(refused?.body.alternatives).toHaveLength(3)
      expect(refused?.body.alternatives?.some(({ startMs }) => startMs === window)).toBe(false)
    },
  )
})
