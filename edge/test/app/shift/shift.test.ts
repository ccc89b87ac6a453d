import { shiftRecord } from '@baari/shared/contracts/http/edge-api'
import { grams, noGrams } from '@baari/shared/units/mass'
import { paise } from '@baari/shared/units/money'
import { positionNo } from '@baari/shared/units/names'
import { hours } from '@baari/shared/units/time'
import { beforeEach, describe, expect, it } from 'vitest'
import { nozzlesOfShift } from '../../../src/domain/shift/shift-totals.ts'
import { asha, meera, stationWorld, type World } from '../../support/station-world.ts'

let world: World

beforeEach(async () => {
  world = await stationWorld()
  world.addAttendant(asha, 'attendant')
})

const open = (by = asha) => world.run('shift.open', { by, openingCashPaise: paise(50_000) })
const close = (cash: number) =>
  world.run('shift.close', { by: asha, countedCashPaise: paise(cash) })

describe('shifts', () => {
  it('one shift is open per station, whoever opens it', async () => {
    expect(await open()).toMatchObject({ ok: true, value: { attendant: { name: 'attendant' } } })
    expect(await open(meera)).toMatchObject({ error: { code: 'shift_open' } })
    expect(await world.run('shift.current', {})).toMatchObject({ expectedCashPaise: 50_000 })
  })

  it('a closed shift fixes its figures and shows the missing cash', async () => {
    await open()
    world.advance(hours(8))
    const closed = await close(26_000)
    expect(closed).toMatchObject({
      ok: true,
      value: { expectedCashPaise: 50_000, countedCashPaise: 26_000, closedAtMs: world.now() },
    })
    if (closed.ok) expect(shiftRecord.parse(closed.value)).toEqual(closed.value)
    expect(world.ops('shift.closed')[0]?.body).toMatchObject({
      countedCashPaise: 26_000,
      expectedCashPaise: 50_000,
    })
    expect(await world.run('shift.current', {})).toBeUndefined()
    expect(await open(meera)).toMatchObject({ ok: true })
  })

  it('closing without an open shift is refused', async () => {
    expect(await close(0)).toMatchObject({ error: { code: 'shift_closed' } })
  })
})

describe('grams of a shift', () => {
  const book = (no: number, [total = 0, settled = 0, orphan = 0]: readonly number[]) => ({
    position: positionNo(no),
    totaliserGrams: grams(total),
    settledGrams: grams(settled),
    orphanGrams: grams(orphan),
  })

  it('are the differences of the running books, per nozzle', () => {
    const [nozzle] = nozzlesOfShift(
      [book(1, [10_000, 9_000, 500])],
      [book(1, [15_000, 13_500, 700])],
    )
    expect(nozzle).toEqual({
      position: 1,
      totaliserOpenGrams: 10_000,
      totaliserNowGrams: 15_000,
      settledGrams: 4_500,
      orphanGrams: 200,
    })
  })

  it('of a nozzle installed meanwhile begin at its own first total', () => {
    const [nozzle] = nozzlesOfShift([], [book(3, [7_000, 1_500, 500])])
    expect(nozzle).toMatchObject({ totaliserOpenGrams: 5_000, settledGrams: 1_500 })
    expect(nozzlesOfShift([], [book(3, [7_000, 0, 0])])[0]?.settledGrams).toBe(noGrams)
  })
})
