import { fitRanker } from '@baari/shared/domain/recommend/slots/fit-ranker'
import { madeChoices, madeTown } from '@baari/shared/testing/made-choices'
import { usualFill } from '@baari/shared/domain/slots/usual-fill'
import { istDay, istDayStart } from '@baari/shared/units/ist-calendar'
import { stationNo } from '@baari/shared/units/names'
import { cellOf, place } from '@baari/shared/units/place'
import {
  after,
  dayNumber,
  hours,
  millis,
  minutes,
  seconds,
  type Instant,
} from '@baari/shared/units/time'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { choiceLogOf } from '../../../src/adapters/postgres/choice-log.ts'
import {
  pastWindowsOf,
  rankerSourcesOf,
  stationPlacesOf,
} from '../../../src/adapters/postgres/ranker-sources.ts'
import { slotRankersOf } from '../../../src/adapters/postgres/slot-rankers.ts'
import { stationLivesOf } from '../../../src/adapters/postgres/station-lives.ts'
import { randomIds } from '../../../src/adapters/system/random-ids.ts'
import { fitSlotRanker } from '../../../src/app/recommend/fit-slot-ranker.ts'
import {
  recommendSlots,
  type RecommendDeps,
  type SlotWish,
} from '../../../src/app/recommend/recommend-slots.ts'
import { slotReads, type SlotSources } from '../../../src/app/recommend/slot-reads.ts'
import { heldBriefly, type Hold } from '../../../src/app/recommend/held-briefly.ts'
import type { RouteProvider } from '../../../src/ports/route-provider.ts'
import type { Showing } from '../../../src/ports/slot-recommendation.ts'
import { demoStationNo } from '../../support/cloud-world.ts'
import { saleWorld, type SaleWorld } from '../../support/sale-world.ts'

const station = stationNo(demoStationNo)
const stationAt = place(23_033_000, 72_532_000)
/** Nine kilometres to the south. */
const farCell = cellOf(place(22_955_000, 72_535_000))

let at: SaleWorld
let from: SlotSources
let deps: RecommendDeps
let log: ReturnType<typeof choiceLogOf>
const forMs = seconds(1)
/** Every question is asked anew. */
const unheld: Hold = (read) => read

beforeAll(async () => {
  at = await saleWorld(4, 40)
  const { pool } = at.world
  log = choiceLogOf(pool)
  const places = stationPlacesOf(pool)
  await places.put(station, stationAt)
  from = {
    ...{ book: at.sale.book, stations: at.sale.stations, lives: stationLivesOf(pool), places },
    ...{ rankers: slotRankersOf(pool), log, clock: at.clock },
  }
  deps = {
    ...{ reads: slotReads(from, unheld), log, past: pastWindowsOf(pool), routes: undefined },
    ...{ clock: at.clock, ids: randomIds },
  }
})
afterAll(() => at?.dispose())
beforeEach(async () => {
  const tomorrow = istDayStart(dayNumber(istDay(at.clock.now()) + 1))
  at.clock.advance(millis(after(tomorrow, hours(11)) - at.clock.now()))
  await at.world.pool.query('TRUNCATE choice_shown, slot_ranker, fill_feedback, trip, sale CASCADE')
  await at.reset()
})

const driverOf = (n: number): string => at.wish(n, { windowStart: at.windowIn(60) }).driver
const wishOf = (n: number, more: Partial<SlotWish> = {}): SlotWish => ({
  ...{ driver: driverOf(n), kind: 'look', station, vehicleClass: 'auto', gas: usualFill.auto },
  ...{ wished: undefined, cell: undefined, own: 3, others: 3, apart: minutes(30), ...more },
})
const look = (n: number, more: Partial<SlotWish> = {}) => recommendSlots(deps, wishOf(n, more))
const startsOf = async (n: number, more: Partial<SlotWish> = {}) =>
  (await look(n, more)).map(({ start }) => start)

async function rows<T extends object>(sql: string, values: unknown[] = []): Promise<T[]> {
  return (await at.world.pool.query<T>(sql, values)).rows
}

describe('recommended slots', () => {
  it('have room, and what was shown is kept with its chance under the driver’s key alone', async () => {
    const shown = await look(0)
    expect(shown).toHaveLength(3)
    const kept = await rows<Record<string, unknown>>(
      `SELECT s.*, o.* FROM choice_shown s JOIN choice_option o ON o.shown_id = s.id ORDER BY place`,
    )
    expect(kept.map((row) => Number(row['window_start_ms']))).toEqual(
      shown.map(({ start }) => start),
    )
    expect(kept.map((row) => row['place'])).toEqual([1, 2, 3])
    expect(
      kept.every((row) => row['ranker_version'] === 0 && row['driver_id'] === driverOf(0)),
    ).toBe(true)
    expect(kept.slice(0, 2).every((row) => row['propensity'] === 1 && !row['explored'])).toBe(true)
    expect(Number(kept[2]?.['propensity'])).toBeGreaterThan(0)
    expect(JSON.stringify(kept)).not.toMatch(/MH12|\+91/)
  })

  it('a full window is never among them, however well it ranks', async () => {
    const [best] = await startsOf(0, { own: 1, apart: minutes(10) })
    if (best === undefined) throw new Error('a slot')
    const from = after(best, minutes(-30))
    await at.world.pool.query(
      `UPDATE slot_cell SET granted_milli_minutes = 0, granted_grams = 0
       WHERE cell_start_ms >= $1 AND cell_start_ms < $2`,
      [from, after(best, minutes(60))],
    )
    const left = await startsOf(1, { own: 10, apart: minutes(10) })
    expect(left.length).toBeGreaterThan(0)
    expect(left.every((start) => start >= after(best, minutes(60)) || start < from)).toBe(true)
    await at.seed()
  })

  it('drivers of one minute are not all sent to the same slot; five minutes later it counts no more', async () => {
    await at.seed(1)
    const first = await startsOf(0)
    const tops = new Set<Instant | undefined>([first[0]])
    for (let n = 1; n < 16; n += 1) tops.add((await startsOf(n))[0])
    expect(tops.size).toBeGreaterThan(1)
    const lookers = () => log.lookers(station, after(at.clock.now(), minutes(-5)), 100)
    expect(new Set((await lookers()).map(({ driver }) => driver)).size).toBe(16)
    expect(await log.lookers(station, after(at.clock.now(), minutes(-5)), 4)).toHaveLength(4)
    at.clock.advance(minutes(6))
    expect(await lookers()).toEqual([])
  })

  it('nor are those who ask while one read serves them all', async () => {
    await at.seed(1)
    const held = { ...deps, reads: slotReads(from, heldBriefly(at.clock, { forMs, most: 50 })) }
    const shown = await Promise.all(
      Array.from({ length: 16 }, (_, n) => recommendSlots(held, wishOf(n))),
    )
    expect(new Set(shown.map(([top]) => top?.start)).size).toBeGreaterThan(1)
    expect(await rows('SELECT FROM choice_shown')).toHaveLength(16)
  })

  it('each of them costs two queries of its own: what the driver did, and what was shown', async () => {
    const held = { ...deps, reads: slotReads(from, heldBriefly(at.clock, { forMs, most: 50 })) }
    await recommendSlots(held, wishOf(0))
    const asked = vi.spyOn(at.world.pool, 'query')
    await Promise.all([1, 2, 3, 4, 5].map((n) => recommendSlots(held, wishOf(n))))
    expect(asked).toHaveBeenCalledTimes(10)
    asked.mockRestore()
  })

  it('a driver who asks again is shown the same: what was shown before is not in the way', async () => {
    await at.seed(1)
    const twoBest = async (): Promise<readonly Instant[]> => (await startsOf(0)).slice(0, 2)
    expect(await twoBest()).toEqual(await twoBest())
  })

  it('with a field of the ground they know the way, and slots nobody can reach in time are left out', async () => {
    const shown = await look(0, { cell: farCell })
    expect(shown[0]?.distanceKm).toBeGreaterThanOrEqual(8)
    const eta = shown[0]?.eta
    expect(eta?.source).toBe('offline')
    expect(Number(eta?.q90)).toBeGreaterThan(Number(eta?.q50))
    const earliest = after(at.clock.now(), eta?.q50 ?? minutes(0))
    expect(shown.every(({ start }) => after(start, minutes(10)) >= earliest)).toBe(true)
    // The field itself is not kept.
    expect(JSON.stringify(await rows('SELECT * FROM choice_shown, choice_option'))).not.toContain(
      farCell,
    )
    expect(
      (await look(1)).every(
        ({ eta: none, distanceKm }) => none === undefined && distanceKm === null,
      ),
    ).toBe(true)
  })

  it('a service of routes is asked where one is set up, and missed by nobody when it is away', async () => {
    const slow: RouteProvider = { times: () => Promise.resolve(undefined) }
    const known: RouteProvider = {
      times: (_, to) => Promise.resolve(to.map(() => minutes(31))),
    }
    const withRoutes = (routes: RouteProvider) =>
      recommendSlots({ ...deps, routes }, wishOf(0, { cell: farCell }))
    expect((await withRoutes(known))[0]?.eta).toMatchObject({
      q50: minutes(31),
      source: 'provider',
    })
    expect((await withRoutes(slow))[0]?.eta?.source).toBe('offline')
  })

  it('instead of a full window the nearest ones come, ten minutes apart', async () => {
    const wished = at.windowIn(120)
    const found = await startsOf(0, { kind: 'full', wished, own: 3, others: 0, apart: minutes(10) })
    expect(found).toHaveLength(3)
    expect(found).not.toContain(wished)
    expect(found.slice(0, 2).every((start) => Math.abs(start - wished) <= minutes(30))).toBe(true)
  })

  it('a page that reloads without end is answered and no longer kept', async () => {
    for (let n = 0; n < 32; n += 1) await look(0)
    const [count] = await rows<{ count: string }>('SELECT count(*) FROM choice_shown')
    expect(Number(count?.count)).toBe(30)
    expect(await look(0)).toHaveLength(3)
  })
})

describe('what became of it', () => {
  const joined = () =>
    rows<{ place: number | null; booking_id: string | null }>(
      'SELECT place, booking_id FROM choice_made ORDER BY joined_at_ms, place',
    )
  const takeCounts = () =>
    rankerSourcesOf(at.world.pool).takeCounts(after(at.clock.now(), hours(-2)))

  it('a booking of a slot that was shown, another one, or none: each showing once', async () => {
    const [, second] = await startsOf(0)
    const shownToOne = await startsOf(1)
    await look(2)
    if (second === undefined) throw new Error('a slot')
    at.clock.advance(minutes(1))
    const other = at.windowIn(600)
    expect(shownToOne).not.toContain(other)
    const sold = [await at.book(0, second), await at.book(1, other)]
    expect(sold.map(({ ok }) => ok)).toEqual([true, true])
    expect(await log.join(at.clock.now(), 100)).toBe(2)
    expect((await joined()).map(({ place: of }) => of)).toEqual([2, null])
    at.clock.advance(minutes(40))
    expect(await log.join(at.clock.now(), 100)).toBe(1)
    expect(await log.join(at.clock.now(), 100)).toBe(0)
    expect((await joined()).filter((row) => row.booking_id === null)).toHaveLength(1)
    const made = await log.made(after(at.clock.now(), hours(-2)), 100)
    expect(made).toMatchObject([{ driver: driverOf(0), chosen: 1, stars: undefined }])
    expect(made[0]?.options).toHaveLength(3)
    expect(await takeCounts()).toEqual({ shown: 3, taken: 1 })
  })

  it('of a driver who looks again before deciding only the last showing counts to the herd', async () => {
    await look(0)
    at.clock.advance(minutes(1))
    const [, , third] = await startsOf(0)
    if (third === undefined) throw new Error('a slot')
    at.clock.advance(minutes(2))
    expect((await at.book(0, third)).ok).toBe(true)
    expect(await log.join(at.clock.now(), 100)).toBe(2)
    expect((await joined()).map(({ place: of }) => of).toSorted()).toEqual([3, null])
    expect(await takeCounts()).toEqual({ shown: 1, taken: 1 })
  })

  it('the place that was drawn is told with its chance and what became of it', async () => {
    const [, , third] = await startsOf(0)
    await look(1)
    if (third === undefined) throw new Error('a slot')
    at.clock.advance(minutes(1))
    expect((await at.book(0, third)).ok).toBe(true)
    at.clock.advance(minutes(40))
    expect(await log.join(at.clock.now(), 100)).toBe(2)
    const kept = await rows<{ driver: string; propensity: number; explored: boolean }>(
      `SELECT s.driver_id AS driver, o.propensity, o.explored FROM choice_shown s
       JOIN choice_option o ON o.shown_id = s.id AND o.place = 3`,
    )
    const drawn = await log.drawn(after(at.clock.now(), hours(-2)), 10)
    const byDriver = (a: { driver: string }, b: { driver: string }) =>
      a.driver < b.driver ? -1 : 1
    expect(drawn.toSorted(byDriver)).toEqual(
      kept.toSorted(byDriver).map((row) => ({ ...row, taken: row.driver === driverOf(0) })),
    )
    expect(await log.drawn(after(at.clock.now(), hours(-2)), 1)).toHaveLength(1)
  })

  it('the log stands: nothing in it is changed, and it is dropped when its time is over', async () => {
    await look(0)
    for (const change of ['shown SET seed = 1', 'option SET place = 1', 'made SET place = 1']) {
      await expect(at.world.pool.query(`UPDATE choice_${change}`)).rejects.toThrow(/append-only/)
    }
    await log.dropBefore(after(at.clock.now(), minutes(1)))
    expect(await rows('SELECT * FROM choice_option')).toEqual([])
  })
})

describe('the nightly fit', () => {
  const fitting = () => ({
    ...{ rankers: slotRankersOf(at.world.pool), log, clock: at.clock },
    sources: rankerSourcesOf(at.world.pool),
    fit: (...[choices, seed]: Parameters<typeof fitRanker>) =>
      Promise.resolve(fitRanker(choices, seed)),
  })

  /** Choices as they would have been shown and made. */
  async function tellChoices(count: number): Promise<void> {
    for (const [index, { options, chosen, stars }] of madeChoices(
      madeTown(3, 1.2),
      count,
    ).entries()) {
      const id = randomIds.uuid()
      const showing: Showing = {
        ...{ id, driver: driverOf(index % 30), kind: 'look', station, vehicleClass: 'auto' },
        ...{ rankerVersion: 0, seed: 1, at: at.clock.now() },
        options: options.map((features, place) => ({
          ...{ place: place + 1, station, start: at.windowIn(60), propensity: 1 },
          ...{ explored: false, chance: 0.2, features },
        })),
      }
      await log.put(showing, 1_000)
      const sold = await bookingWith(index)
      await at.world.pool.query('INSERT INTO choice_made VALUES ($1, $2, $3, $4)', [
        ...[id, sold, chosen + 1, at.clock.now()],
      ])
      if (stars !== undefined) {
        await at.world.pool.query(`INSERT INTO fill_feedback VALUES ($1, $2, $3, $4, $5, $6)`, [
          randomIds.uuid(),
          sold,
          station,
          driverOf(0),
          stars,
          at.clock.now(),
        ])
      }
    }
  }

  const one: { id?: string } = {}
  async function bookingWith(index: number): Promise<string> {
    if (index === 0) {
      const sold = await at.book(0, at.windowIn(60))
      if (!sold.ok) throw new Error(sold.error.code)
      one.id = sold.value.id
    }
    return one.id ?? ''
  }

  it('once a night: what was chosen makes a ranker that serves from then on', async () => {
    await tellChoices(150)
    expect(await fitSlotRanker(fitting())).toBe(true)
    expect(await fitSlotRanker(fitting())).toBe(false)
    const served = await from.rankers.newest()
    expect(served?.verdict).toMatchObject({
      choices: 150,
      served: expect.stringMatching(/logit|boosted/),
    })
    expect(served?.facts.stations[station]?.ratings.count).toBeGreaterThan(0)
    await look(5)
    const [row] = await rows<{ ranker_version: number }>(
      'SELECT ranker_version FROM choice_shown WHERE driver_id = $1 ORDER BY shown_at_ms DESC, id DESC LIMIT 1',
      [driverOf(5)],
    )
    expect(row?.ranker_version).toBe(served?.version)
    at.clock.advance(hours(24))
    expect(await fitSlotRanker(fitting())).toBe(true)
  })

  it('without choices the weighted score serves, and that is said', async () => {
    expect(await fitSlotRanker(fitting())).toBe(true)
    expect((await from.rankers.newest())?.verdict).toMatchObject({
      served: 'weighted-score',
      choices: 0,
    })
  })

  it('two processes at once fit it once', async () => {
    const done = await Promise.all([fitSlotRanker(fitting()), fitSlotRanker(fitting())])
    expect(done.filter(Boolean)).toHaveLength(1)
    expect(await rows('SELECT version FROM slot_ranker')).toHaveLength(1)
  })
})
