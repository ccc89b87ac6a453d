import { grams, noGrams, type Grams } from '@baari/shared/units/mass'
import { beforeEach, describe, expect, it } from 'vitest'
import type { PositionFacts } from '../../../src/domain/position/position-facts.ts'
import { leased } from '../../support/leased-station.ts'
import {
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

const recount = (positions: readonly PositionFacts[], storedGrams: Grams = noGrams) =>
  world.run('lease.recount', { forecourt: { positions, storedGrams, forecast: null } })

type Sum = { readonly work: number; readonly gas: number; readonly over: number }
const sums = (where: string) =>
  world.db
    .prepare<[], Sum>(
      `SELECT sum(bookable_milli_minutes) AS work, sum(bookable_grams) AS gas,
         sum(over_milli_minutes) AS over FROM lease_cell WHERE ${where}`,
    )
    .get()
/** The first four hours, and what comes after. */
const soon = 'start_ms < (SELECT min(start_ms) FROM lease_cell) + 14400000'
const later = `NOT (${soon})`

describe('a position that closes while the cloud cannot be reached', () => {
  it('takes its minutes from the next four hours at once, and from none after', async () => {
    await leased(world)
    const before = sums(later)
    await recount([position(1), position(2, { state: 'fault' })])
    expect(sums(soon)?.work).toBe(48 * 1_750)
    expect(sums(later)).toEqual(before)
    await recount(bothFree)
    expect(sums(soon)?.work).toBe(48 * 3_500)
  })

  it('leaves what was sold standing, as over', async () => {
    await leased(world)
    world.db.exec(`UPDATE lease_cell SET sold_milli_minutes = granted_milli_minutes WHERE ${soon}`)
    await recount(bothClosed)
    expect(sums(soon)).toMatchObject({ work: 0, over: 48 * 1_050 })
  })

  it('asks nothing of a station that has no lease yet', async () => {
    await recount(bothFree)
    expect(sums('1')).toMatchObject({ work: null })
  })
})

it('stored gas widens the coming hour', async () => {
  await leased(world)
  const before = sums('1')?.gas ?? 0
  await recount(bothFree, grams(240_000))
  expect(sums('1')?.gas).toBe(before + (12 * 20_000 * 9) / 10)
})
