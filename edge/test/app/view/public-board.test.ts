import { publicBoard } from '@baari/shared/contracts/live/public-board'
import { describe, expect, it } from 'vitest'
import { publicBoardOf } from '../../../src/app/view/public-board.ts'
import {
  asha,
  bothClosed,
  bothFree,
  stationWorld,
  tokenReading,
  type World,
} from '../../support/station-world.ts'

const link = { up: true, lastExchangeMs: null }
const walkIn = (world: World, positions = bothClosed) =>
  world.run('walkIn.open', { vehicleClass: 'auto', by: asha, positions })
const board = async (world: World, positions = bothFree) =>
  publicBoardOf(await world.run('view.read', { positions, link }))

describe('the board for everybody in line', () => {
  it('shows who is called and where, the next six, and no plate', async () => {
    const world = await stationWorld()
    world.addBooking()
    for (let n = 0; n < 9; n += 1) await walkIn(world)
    const scanned = await world.scan(tokenReading())
    await world.run('queue.dispatch', { positions: bothFree })
    const shown = await board(world)
    expect(publicBoard.parse(shown)).toEqual(shown)
    expect(shown.called.map(({ label }) => label)).toContain('W-1')
    expect(shown.called).toHaveLength(2)
    expect(shown.positions.map(({ at }) => at?.label)).toContain('W-1')
    expect(shown.next).toHaveLength(6)
    expect(shown.next[0]).toEqual({ label: 'W-2', kind: 'walk-in' })
    const plate = scanned.view.ticket?.plate
    expect(plate).toBeTruthy()
    expect(JSON.stringify(shown)).not.toContain(plate)
  })

  it('says that the station is closed, and no wait while no position works', async () => {
    const world = await stationWorld()
    expect(await board(world)).toMatchObject({ open: false, called: [], limit: 2, gas: 'good' })
    expect((await board(world, bothClosed)).walkInWait).toBeNull()
    expect((await board(world, bothClosed)).positions.map(({ state }) => state)).toEqual([
      'out',
      'out',
    ])
  })

  it('says that gas is low below the pressure of a full fill', async () => {
    const world = await stationWorld()
    const view = await world.run('view.read', { positions: bothFree, link })
    const gasAt = (bankMbar: number | null) =>
      publicBoardOf({ ...view, gas: { bankMbar, vehiclesPerHour: null } }).gas
    expect([gasAt(179_999), gasAt(180_000), gasAt(null)]).toEqual(['low', 'good', 'good'])
  })

  it('J7 at 150 bar it tells how many kilograms an auto and a car may expect', async () => {
    const world = await stationWorld()
    const view = await world.run('view.read', { positions: bothFree, link })
    const gas = { bankMbar: 150_000, vehiclesPerHour: null }
    expect(publicBoardOf({ ...view, gas }).expected).toEqual([
      { vehicleClass: 'auto', grams: 3_000 },
      { vehicleClass: 'car', grams: 6_000 },
    ])
    expect(publicBoardOf({ ...view, gas: null }).expected).toEqual([])
  })
})
