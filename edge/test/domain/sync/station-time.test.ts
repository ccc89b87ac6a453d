import fc from 'fast-check'
import { instant, mono } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import {
  learnTime,
  newStationTime,
  stationTimeAt,
  wallErrorMs,
} from '../../../src/domain/sync/station-time.ts'

const noon = 1_760_000_000_000
const clocks = (wall: number, monoMs: number) => ({ wall: instant(wall), mono: mono(monoMs) })
const told = (serverTime: number, sent: number, received: number) => ({
  serverTime: instant(serverTime),
  sentMono: mono(sent),
  receivedMono: mono(received),
})

describe('station time', () => {
  it('§9 case 16: a wall clock set back goes no further than the floor, and is uncertain', () => {
    const time = newStationTime(instant(noon))
    expect(stationTimeAt(time, clocks(noon - 86_400_000, 0))).toEqual({
      at: noon,
      mono: 0,
      trusted: false,
    })
    expect(stationTimeAt(time, clocks(noon + 5_000, 0)).at).toBe(noon + 5_000)
  })

  it('once the cloud’s time was seen, the wall clock is ignored', () => {
    const time = learnTime(newStationTime(instant(0)), told(noon, 1_000, 1_200))
    expect(stationTimeAt(time, clocks(0, 1_200))).toEqual({
      at: noon + 100,
      mono: 1_200,
      trusted: true,
    })
    expect(stationTimeAt(time, clocks(noon * 2, 61_200)).at).toBe(noon + 60_100)
  })

  it('trusted time lies under a floor that a wrong clock had raised', () => {
    const time = learnTime(newStationTime(instant(noon + 86_400_000)), told(noon, 0, 0))
    expect(stationTimeAt(time, clocks(noon, 0)).at).toBe(noon)
  })

  it('a worse exchange does not replace a better one, until that one has aged', () => {
    const good = learnTime(newStationTime(instant(0)), told(noon, 0, 20))
    const worse = learnTime(good, told(noon + 5_000, 20, 2_020))
    expect(worse).toBe(good)
    const later = 30_000_000
    expect(learnTime(good, told(noon + later, later, later + 2_000))).not.toBe(good)
  })

  it('an exchange that took too long, or went back in time, teaches nothing', () => {
    const time = newStationTime(instant(0))
    expect(learnTime(time, told(noon, 0, 10_001))).toBe(time)
    expect(learnTime(time, told(noon, 100, 50))).toBe(time)
  })

  it('the error of the wall clock is known only with trusted time', () => {
    const time = newStationTime(instant(0))
    expect(wallErrorMs(time, clocks(noon, 0))).toBeNull()
    expect(wallErrorMs(learnTime(time, told(noon, 0, 0)), clocks(noon + 90_000, 0))).toBe(90_000)
  })

  it('trusted time never goes back between exchanges, whatever the wall clock does', () => {
    const time = learnTime(newStationTime(instant(0)), told(noon, 0, 100))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 60_000 })), { maxLength: 20 }),
        (steps) => {
          let [monoMs, last] = [100, 0]
          for (const [wall, by] of steps) {
            monoMs += by
            const { at } = stationTimeAt(time, clocks(wall, monoMs))
            expect(at).toBeGreaterThanOrEqual(last)
            last = at
          }
        },
      ),
    )
  })
})
