import { describe, expect, it } from 'vitest'
import { recommendedConfig } from '../../../src/domain/dispatch/dispatch-config.ts'
import { pooledFifo } from '../../../src/domain/twin/pooled-fifo.ts'
import { plainPositions, type StationPlan } from '../../../src/domain/twin/station-plan.ts'
import { runStation } from '../../../src/domain/twin/station-run.ts'
import { steadyTraffic } from '../../../src/domain/twin/steady-state.ts'
import { positionNo } from '../../../src/units/names.ts'
import { minutes } from '../../../src/units/time.ts'
import { at, minutesOf, planOf, seed, steady, visitsOf, type Row } from './day-of-test.ts'

function station(positions: number, rows: readonly Row[], more: Partial<StationPlan> = {}) {
  return runStation({
    ...{ positions: plainPositions(positions), visits: visitsOf(...rows) },
    ...{ config: recommendedConfig, staging: false, outages: [], ...more },
  })
}

function logOf(plan: StationPlan): string {
  const lines: string[] = []
  runStation(plan, { logged: (line) => lines.push(line) })
  return lines.join('\n')
}

describe('one simulated station', () => {
  it('the same seed gives the same event log, byte for byte, and another one does not', () => {
    const log = logOf(planOf(steady))
    expect(logOf(planOf(steady))).toBe(log)
    expect(log.split('\n').length).toBeGreaterThan(2_000)
    expect(logOf(planOf(steady, { seed: 7, replication: 1 }))).not.toBe(log)
  })

  it('the dispatcher serves walk-ins first come first served, exactly as pooled FIFO does', () => {
    const { unbooked: visits } = steadyTraffic(steady, seed)
    const plan = { ...planOf(steady), visits, staging: false }
    expect(runStation(plan).starts).toEqual(pooledFifo(visits, { positions: 4 }))
  })

  it('a booked vehicle in its window goes before walk-ins that came earlier, two of three times', () => {
    const rows: readonly Row[] = [
      ...[[0, 10] as const, [1, 10] as const, [2, 10] as const],
      ...[[3, 10, 3] as const, [4, 10, 4] as const, [5, 10, 5] as const],
    ]
    expect(minutesOf(station(1, rows).starts)).toEqual([0, 30, 50, 10, 20, 40])
  })

  it('a vehicle staged behind a fill keeps its place there when another position frees first', () => {
    // Staging believes the first fill ends at once; in truth it lasts longer than the second one.
    const visits = visitsOf([0, 10], [0, 9], [1, 5]).map((visit, n) =>
      n === 0 ? { ...visit, seenFactor: 0.1 } : visit,
    )
    const run = station(2, [], { visits, staging: true })
    expect(minutesOf(run.starts)).toEqual([0, 0, 10])
    expect(run.idle).toEqual({ uncalled: 0, staged: minutes(1) })
  })

  it('a position out of service finishes its fill and takes nobody until it is back', () => {
    const outages = [{ position: positionNo(1), from: at(5), to: at(30) }]
    expect(
      minutesOf(
        station(
          1,
          [
            [0, 10],
            [1, 10],
          ],
          { outages },
        ).starts,
      ),
    ).toEqual([0, 30])
    const closed = [{ position: 1, from: at(5), to: at(30) }]
    const fifo = pooledFifo(visitsOf([0, 10], [1, 10]), { positions: 1, outages: closed })
    expect(minutesOf(fifo)).toEqual([0, 30])
  })

  it('a station that announces its delay raises it before a booking is late, and shifts the rest', () => {
    const rows = Array.from({ length: 8 }, (): Row => [0, 12, 0])
    const { delays } = station(1, rows, { delayFrom: minutes(12) })
    expect(delays[0]).toEqual({ at: 0, delay: minutes(90) })
  })
})
