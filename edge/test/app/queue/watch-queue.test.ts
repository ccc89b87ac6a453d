import { bookingId } from '@baari/shared/units/names'
import { after, minutes, seconds } from '@baari/shared/units/time'
import { beforeEach, describe, expect, it } from 'vitest'
import type { PositionFacts } from '../../../src/domain/position/position-facts.ts'
import { stateOfView } from '../../../src/app/sync/state-of-view.ts'
import { publicBoardOf } from '../../../src/app/view/public-board.ts'
import {
  asha,
  bothClosed,
  bothFree,
  position,
  stationWorld,
  type World,
} from '../../support/station-world.ts'

let world: World
beforeEach(async () => {
  world = await stationWorld()
})

const link = { up: true, lastExchangeMs: null }
const view = (positions: readonly PositionFacts[]) => world.run('view.read', { positions, link })
const dispatch = (positions: readonly PositionFacts[]) => world.run('queue.dispatch', { positions })
const walkIn = () =>
  world.run('walkIn.open', { vehicleClass: 'auto', by: asha, positions: bothClosed })
/** What the alarm stream was told, in order. */
const told = () =>
  world.db
    .prepare("SELECT raw FROM outbox WHERE stream = 'alarm' ORDER BY seq")
    .pluck()
    .all()
    .map((line) => JSON.parse(String(line)) as { k: string; b: Record<string, unknown> })
const one = [position(1)]

describe('a position idle with a queue', () => {
  it('is told once on the alarm stream, shown, and its end told once', async () => {
    for (let n = 0; n < 3; n += 1) await walkIn()
    const { calls } = await dispatch(one)
    expect(calls).toHaveLength(1)
    world.advance(seconds(121))
    // The one that did not come is skipped and the next is called; the position is still empty.
    await dispatch(one)
    for (let n = 0; n < 5; n += 1) {
      world.advance(seconds(5))
      await dispatch(one)
    }
    const shown = await view(one)
    expect(shown.positions[0]?.idleSinceMs).toBe(world.now() - seconds(146))
    const called = shown.positions[0]?.ticket?.id ?? null
    await dispatch([position(1, { state: 'ready', ticket: called })])
    expect((await view(one)).positions[0]?.idleSinceMs).toBeNull()
    expect(told().map(({ k }) => k)).toEqual(['alarm.raised', 'alarm.cleared'])
    expect(told()[0]?.b).toMatchObject({
      ...{ source: 'position', code: 'idle_with_queue', subject: 'position 1' },
    })
  })

  it('a look that sees nothing new writes nothing', async () => {
    await walkIn()
    await walkIn()
    await dispatch(one)
    const before = world.db.prepare('SELECT body FROM queue_watch').pluck().get()
    await dispatch(one)
    expect(world.db.prepare('SELECT body FROM queue_watch').pluck().get()).toBe(before)
  })
})

describe('the lane signs', () => {
  const modes = async () => publicBoardOf(await view(bothFree)).positions.map(({ mode }) => mode)

  it('are mixed while nobody booked is there, and closed where nobody is served', async () => {
    await dispatch(bothFree)
    expect(await modes()).toEqual(['mixed', 'mixed'])
    await dispatch([position(1), position(2, { state: 'closed' })])
    expect(await modes()).toEqual(['mixed', 'closed'])
  })

  it('one is for booked vehicles once two looks five minutes apart agree', async () => {
    for (let n = 1; n <= 4; n += 1) {
      world.addBooking({
        id: bookingId(`00000001-0000-7000-8000-00000000b20${n}`),
        window_start_ms: after(world.now(), minutes(3 + n)),
      })
    }
    await dispatch(bothFree)
    expect(await modes()).toEqual(['mixed', 'mixed'])
    world.advance(minutes(5))
    await dispatch(bothFree)
    expect(await modes()).toEqual(['booked', 'walk-in'])
  })
})

it('the cloud is told since when the oldest walk-in waits, not how long', async () => {
  await walkIn()
  const since = world.now()
  world.advance(minutes(7))
  const signs = { uplink: 'up', diskReserveFree: true }
  const state = stateOfView({ view: await view(bothClosed), ...signs })
  expect(state.find(({ key }) => key === 'rule')?.value).toEqual({
    limit: 2,
    oldestWalkInMs: since,
  })
})

it('the cloud is told what each lane is signed for', async () => {
  const signs = { uplink: 'up', diskReserveFree: true }
  const state = stateOfView({
    view: await view([position(1), position(2, { state: 'closed' })]),
    ...signs,
  })
  expect(state.find(({ key }) => key === 'position/1')?.value).toMatchObject({ mode: 'mixed' })
  expect(state.find(({ key }) => key === 'position/2')?.value).toMatchObject({ state: 'closed' })
})
