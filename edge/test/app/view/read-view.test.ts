import { stationView } from '@baari/shared/contracts/live/station-view'
import { minutes } from '@baari/shared/units/time'
import { noPaise } from '@baari/shared/units/money'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { expect, it } from 'vitest'
import { quoteWaits } from '../../../src/app/queue/quote-waits.ts'
import {
  asha,
  bothClosed,
  bothFree,
  meera,
  position,
  stationWorld,
  tokenReading,
  type World,
} from '../../support/station-world.ts'

const link = { up: true, lastExchangeMs: null }
const view = (world: World, positions = bothFree) => world.run('view.read', { positions, link })
const walkIn = (world: World, positions = bothClosed) =>
  world.run('walkIn.open', { vehicleClass: 'auto', by: asha, positions })

it('an empty station is a whole view: free positions, nobody next, nothing sold', async () => {
  const world = await stationWorld()
  const shown = await view(world)
  expect(stationView.parse(shown)).toEqual(shown)
  expect(shown).toMatchObject({
    station: { no: 42, name: 'Andheri' },
    clock: 'trusted',
    next: [],
    counts: { booked: 0, walkIns: 0, standby: 0 },
    shift: null,
    sales: [],
    lastScan: null,
  })
})

it('called and staged vehicles stand at their positions and the rest in calling order', async () => {
  const world = await stationWorld()
  for (let n = 0; n < 4; n += 1) await walkIn(world)
  await world.scan(tokenReading())
  await world.run('queue.dispatch', { positions: bothFree })
  const shown = await view(world)
  expect(stationView.parse(shown)).toEqual(shown)
  expect(shown.positions.map(({ state, ticket }) => [state, ticket?.label])).toEqual([
    ['called', shown.lastScan?.ticket?.label],
    ['called', 'W-1'],
  ])
  expect(shown.next.map(({ label }) => label)).toEqual(['W-2', 'W-3', 'W-4'])
  expect(shown.counts).toEqual({ booked: 0, walkIns: 3, standby: 0 })
  expect(shown.positions[0]?.undoUntilMs).toBe(world.now() + 60_000)
})

it('what nobody has sent yet is counted with its age', async () => {
  const world = await stationWorld()
  const first = world.now()
  world.advance(minutes(3))
  await walkIn(world)
  expect((await view(world)).link).toMatchObject({
    unsentOps: world.allOps().length,
    oldestUnsentMs: first,
  })
})

it('the rule shows 1:1 once the oldest walk-in has waited 45 minutes', async () => {
  const world = await stationWorld()
  await walkIn(world)
  expect((await view(world)).rule).toEqual({ streak: 0, limit: 2, oldestWalkInWaitMs: 0 })
  world.advance(minutes(46))
  expect((await view(world)).rule).toMatchObject({ limit: 1 })
})

it('the open shift, an uncertain clock and a fault are shown', async () => {
  const world = await stationWorld()
  world.addAttendant(meera, 'manager')
  await world.run('shift.open', { by: meera, openingCashPaise: noPaise })
  world.distrustClock()
  const fault = { code: 'bus_offline', text: 'line', sinceMs: world.now() }
  const shown = await view(world, [position(1, { state: 'offline', fault }), position(2)])
  expect(shown).toMatchObject({ clock: 'uncertain', shift: { attendant: 'manager' } })
  expect(shown.positions[0]).toMatchObject({ state: 'offline', fault })
})

it('the honest wait grows with the queue and is the same for the same seed', async () => {
  const world = await stationWorld()
  const quote = async () => quoteWaits(await world.run('queue.waitFacts', {}), seededPrng(7))
  const empty = await quote()
  for (let n = 0; n < 20; n += 1) await walkIn(world)
  await world.run('queue.dispatch', { positions: bothFree })
  const long = await quote()
  expect(await quote()).toEqual(long)
  await world.run('queue.quoted', { quotes: long })
  const { walkInWait } = await view(world)
  expect(walkInWait.medianMs).toBeGreaterThan(empty[0]?.medianMs ?? Infinity)
  expect(walkInWait.p90Ms).toBeGreaterThanOrEqual(walkInWait.medianMs)
  const next = await walkIn(world)
  expect(next).toMatchObject({ ok: true, value: { wait: walkInWait } })
})
