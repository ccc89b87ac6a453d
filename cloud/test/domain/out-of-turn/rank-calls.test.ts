import { stationNo } from '@baari/shared/units/names'
import { describe, expect, it } from 'vitest'
import { rankCalls, type CallCount } from '../../../src/domain/out-of-turn/rank-calls.ts'

const count = (
  station: number,
  attendant: string,
  { calls, undone = 0 }: { readonly calls: number; readonly undone?: number },
): CallCount => ({
  ...{ station: stationNo(station), stationName: `S${station}` },
  ...{ attendant, attendantName: attendant, calls, undone },
})

describe('the ranking of calls out of turn', () => {
  it('goes by calls that stood, then by all, and adds up each station', () => {
    const { stations, attendants } = rankCalls([
      count(42, 'a', { calls: 3, undone: 3 }),
      count(42, 'b', { calls: 2 }),
      count(43, 'c', { calls: 2, undone: 1 }),
      count(43, 'd', { calls: 4, undone: 2 }),
    ])
    expect(attendants.map(({ attendant }) => attendant)).toEqual(['d', 'b', 'c', 'a'])
    expect(stations).toEqual([
      { station: 43, name: 'S43', calls: 6, undone: 3 },
      { station: 42, name: 'S42', calls: 5, undone: 3 },
    ])
  })

  it('of nothing is empty', () => {
    expect(rankCalls([])).toEqual({ stations: [], attendants: [] })
  })
})
