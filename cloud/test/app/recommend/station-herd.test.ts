import { stationNo } from '@baari/shared/units/names'
import { instant } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { stationHerd } from '../../../src/app/recommend/station-herd.ts'

const slot = (start: number, chance: number) => ({
  station: stationNo(1),
  start: instant(start),
  chance,
})

describe('who heads for the slots of a station', () => {
  it('is everybody but the driver who asks', () => {
    const herd = stationHerd([
      { driver: 'a', ...slot(0, 0.6) },
      { driver: 'a', ...slot(1, 0.4) },
      { driver: 'b', ...slot(0, 1) },
    ])
    expect(herd.but('a')).toEqual([slot(0, 1)])
    expect(herd.but('c')).toHaveLength(3)
  })

  it('is counted by what each was shown last, from the moment it was shown', () => {
    const herd = stationHerd([{ driver: 'a', ...slot(0, 0.6) }])
    herd.add('a', [slot(2, 0.5)])
    herd.add('b', [slot(2, 0.7)])
    expect(herd.but('c')).toEqual([slot(2, 0.5), slot(2, 0.7)])
    herd.add('b', [])
    expect(herd.but('c')).toEqual([slot(2, 0.5)])
  })
})
