import { hours, instant, minutes } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import { at } from '../../support/scan-builders.ts'
import { asha, bothClosed, stationWorld, type World } from '../../support/station-world.ts'

const comes = (world: World, vehicleClass: 'auto' | 'car' = 'auto') =>
  world.run('walkIn.open', { vehicleClass, by: asha, positions: bothClosed })

const quarters = async (world: World) => (await world.run('demand.facts', {})).counts

it('quarters are counted as they end, one without vehicles as none, the running one not yet', async () => {
  const world = await stationWorld()
  const up = { upSince: at('09:05'), ownClock: false }
  world.goTo(at('09:16'))
  await comes(world)
  await comes(world, 'car')
  world.goTo(at('09:29'))
  await comes(world)
  world.goTo(at('09:52'))
  expect(await world.run('demand.record', up)).toEqual({ recorded: 2 })
  expect(await world.run('demand.record', up)).toEqual({ recorded: 0 })
  expect(await quarters(world)).toEqual([
    {
      start: at('09:15'),
      walkIns: { auto: 2, car: 1, lcv: 0, bus: 0 },
      arrivals: 3,
      delivered: 0,
    },
    {
      start: at('09:30'),
      walkIns: { auto: 0, car: 0, lcv: 0, bus: 0 },
      arrivals: 0,
      delivered: 0,
    },
  ])
})

it('a quarter the node was not up for from end to end stays unknown', async () => {
  const world = await stationWorld()
  world.goTo(at('09:31'))
  await world.run('demand.record', { upSince: at('09:05'), ownClock: false })
  // Restarted at 09:40; the next record comes after two hours.
  world.goTo(at('11:40'))
  await world.run('demand.record', { upSince: at('09:40'), ownClock: false })
  const starts = (await quarters(world)).map(({ start }) => start)
  expect(starts).not.toContain(at('09:30'))
  expect(starts.slice(0, 2)).toEqual([at('09:15'), at('09:45')])
  expect(starts.at(-1)).toBe(at('11:15'))
})

it('with a clock nobody believes nothing is written, unless the station has no other', async () => {
  const world = await stationWorld()
  world.distrustClock()
  world.goTo(at('09:31'))
  const up = { upSince: at('09:05'), ownClock: false }
  expect(await world.run('demand.record', up)).toEqual({ recorded: 0 })
  expect(await world.run('demand.record', { ...up, ownClock: true })).toEqual({ recorded: 1 })
})

it('one run writes a day at most, the latest', async () => {
  const world = await stationWorld()
  const up = { upSince: instant(at('09:05') - hours(72)), ownClock: false }
  expect(await world.run('demand.record', up)).toEqual({ recorded: 96 })
  world.advance(minutes(15))
  expect(await world.run('demand.record', up)).toEqual({ recorded: 1 })
})
