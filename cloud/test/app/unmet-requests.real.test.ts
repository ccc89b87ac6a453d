import { quarterStart } from '@baari/shared/domain/forecast/serving/station-demand'
import { minutes } from '@baari/shared/units/time'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { unmetRequestsOf } from '../../src/adapters/postgres/unmet-requests.ts'
import { demoStationNo } from '../support/cloud-world.ts'
import { saleWorld, type SaleWorld } from '../support/sale-world.ts'

let at: SaleWorld
beforeAll(async () => {
  at = await saleWorld(1, 60)
})
afterAll(() => at?.dispose())

const rows = async (table: string) => (await at.world.pool.query(`SELECT * FROM ${table}`)).rows

it('who finds no window counts once, without a name; who gets another does not count', async () => {
  const unmet = unmetRequestsOf(at.world.pool, at.clock)
  const window = at.windowIn(60)
  let turned: number[] = []
  for (let n = 0; n < 40; n += 1) {
    const sold = await at.book(n, window)
    if (!sold.ok && sold.error.code === 'window_full') turned = [...turned, n]
  }
  expect(turned.length).toBeGreaterThan(4)
  await at.book(turned[0]!, window)
  expect(await rows('unmet_request')).toHaveLength(turned.length)
  const other = await at.book(turned[1]!, at.windowIn(300))
  expect(other.ok).toBe(true)
  const kept = await rows('unmet_request')
  expect(kept).toHaveLength(turned.length - 1)
  expect(Object.keys(kept[0]).toSorted()).toEqual(['at_ms', 'mark', 'start_ms', 'station_no'])

  await unmet.count()
  expect(await rows('unmet_quarter')).toEqual([])
  at.clock.advance(minutes(31))
  await unmet.count()
  expect(await rows('unmet_request')).toEqual([])
  const start = quarterStart(window)
  expect(await rows('unmet_quarter')).toEqual([
    {
      ...{ station_no: demoStationNo, start_ms: String(start) },
      ...{ rejected: turned.length - 1, abandoned: 0 },
    },
  ])
  const told = (await unmet.since(start)).get(demoStationNo)
  expect(told?.get(start)).toEqual({ unmet: turned.length - 1, full: true })
})
