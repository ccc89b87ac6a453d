import { describe, expect, it } from 'vitest'
import { promiseRisk, type PromiseFacts } from '../../../src/domain/dispatch/promise-risk.ts'
import { recommendedConfig } from '../../../src/domain/dispatch/dispatch-config.ts'
import { streamsOf } from '../../../src/domain/twin/chance.ts'
import { plainPositions } from '../../../src/domain/twin/station-plan.ts'
import { runStation } from '../../../src/domain/twin/station-run.ts'
import {
  byArrival,
  drawVehicle,
  meanService,
  simInstant,
  simTicket,
  usualShares,
  type Visit,
} from '../../../src/domain/twin/visit.ts'
import { millis, minutes } from '../../../src/units/time.ts'
import { at } from './forecourt.ts'

const quiet: PromiseFacts = {
  now: at(0),
  working: 4,
  vehiclesPerHour: null,
  meanService: minutes(4),
  limit: 2,
  walkInsWaiting: 0,
  line: [],
  windows: [],
  showShare: 1,
}
const window = (start: number, booked: number) => ({
  start: at(start),
  booked,
  work: minutes(4 * booked),
})

describe('how many booked vehicles will be late', () => {
  it('nobody booked, nobody late', () => {
    expect(promiseRisk(quiet)).toEqual({
      line: { booked: 0, late: 0 },
      windows: [],
      booked: 0,
      late: 0,
    })
  })

  it('a window no bigger than the idle positions is kept for sure', () => {
    expect(promiseRisk({ ...quiet, windows: [window(10, 4)] }).late).toBe(0)
  })

  it('with no position, or no gas, everybody who comes is late', () => {
    const booked = { ...quiet, line: [at(-1)], windows: [window(10, 3)], showShare: 0.5 }
    expect(promiseRisk({ ...booked, working: 0 }).late).toBe(2.5)
    expect(promiseRisk({ ...booked, vehiclesPerHour: 0 }).late).toBe(2.5)
    // A rule that lets no booked vehicle go while a walk-in waits.
    expect(promiseRisk({ ...booked, limit: 0, walkInsWaiting: 1 }).late).toBe(2.5)
  })

  it('one whose ten minutes are over is late, whatever comes', () => {
    expect(promiseRisk({ ...quiet, line: [at(-60)] }).line.late).toBeCloseTo(1, 6)
  })

  it('is never more than the booked and never less than nobody', () => {
    for (const booked of [0, 1, 5, 60]) {
      for (const working of [0, 1, 8]) {
        const { late } = promiseRisk({ ...quiet, working, windows: [window(5, booked)] })
        expect(late).toBeGreaterThanOrEqual(0)
        expect(late).toBeLessThanOrEqual(booked)
      }
    }
  })

  it('rises with walk-ins that wait, fewer positions, less gas and a longer line', () => {
    const base = { ...quiet, line: [at(0), at(0)], windows: [window(5, 10)] }
    const { late } = promiseRisk(base)
    for (const worse of [
      { walkInsWaiting: 3 },
      { working: 3 },
      { vehiclesPerHour: 30 },
      { line: Array.from({ length: 8 }, () => at(0)) },
    ]) {
      expect(promiseRisk({ ...base, ...worse }).late).toBeGreaterThan(late)
    }
    expect(promiseRisk({ ...base, vehiclesPerHour: 60 }).late).toBe(late)
  })

  it('what one window leaves over makes the next one late; after a gap it is forgotten', () => {
    const crowd = window(0, 25)
    const late = (start: number) =>
      promiseRisk({ ...quiet, windows: [crowd, window(start, 3)] }).windows[1]?.late ?? 0
    expect(late(10)).toBeGreaterThan(2)
    expect(late(120)).toBe(0)
  })
})

/** The same question asked of the simulated station, which calls by the real rule. */
function simulated(asked: { line: number; walkIns: number; windows: readonly number[] }): number {
  const replications = 120
  let late = 0
  for (let replication = 0; replication < replications; replication += 1) {
    const streams = streamsOf({ seed: 7, replication })
    const services = streams('walk-in-services')
    const gaps = streams('walk-in-gaps')
    const noon = minutes(60)
    const from = (n: number, arrival: number, windowStart?: number): Visit => ({
      ticket: simTicket(n),
      arrival: simInstant(arrival),
      ...(windowStart === undefined ? {} : { windowStart: simInstant(windowStart) }),
      ...drawVehicle(usualShares, services),
      nozzles: ['ngv1'],
      seenFactor: 1,
    })
    let n = 0
    const visits: Visit[] = []
    // Four positions are taken a moment before, and walk-ins go on coming.
    for (let i = 0; i < 4; i += 1) visits.push(from((n += 1), noon - minutes(2)))
    for (let i = 0; i < asked.walkIns; i += 1) visits.push(from((n += 1), noon))
    for (let more = noon; asked.walkIns > 0 && more < noon + minutes(60);) {
      more = millis(more + Math.round(-Math.log(1 - gaps()) * minutes(3)))
      visits.push(from((n += 1), more))
    }
    const booked = new Map<number, number>()
    const book = (ready: number) => {
      visits.push(from((n += 1), ready, ready))
      booked.set(n, ready)
    }
    for (let i = 0; i < asked.line; i += 1) book(noon)
    asked.windows.forEach((count, w) => {
      for (let i = 0; i < count; i += 1) book(noon + (w + 1) * minutes(10))
    })
    const ordered = byArrival(visits)
    const plan = { positions: plainPositions(4), visits: ordered, staging: true, outages: [] }
    const { starts } = runStation({ ...plan, config: recommendedConfig })
    ordered.forEach(({ ticket }, i) => {
      const ready = booked.get(Number(ticket.slice(-12)))
      if (ready !== undefined && (starts[i] ?? 0) - ready > minutes(10)) late += 1
    })
  }
  return late / replications
}

describe('beside the simulated station', () => {
  const cases = [
    { line: 0, walkIns: 0, windows: [4, 4, 4] },
    { line: 6, walkIns: 0, windows: [9, 9, 9] },
    { line: 4, walkIns: 8, windows: [6, 7, 7] },
    { line: 14, walkIns: 10, windows: [8, 8] },
  ]
  it.each(cases)('the number late is near that of the twin: %j', (asked) => {
    const mean = meanService(usualShares)
    const facts: PromiseFacts = {
      ...{ ...quiet, meanService: mean, walkInsWaiting: asked.walkIns },
      line: Array.from({ length: asked.line }, () => at(0)),
      windows: asked.windows.map((booked, w) => ({
        ...{ start: at(10 * (w + 1)), booked },
        work: millis(Math.round(mean * booked)),
      })),
    }
    const { late, booked } = promiseRisk(facts)
    const seen = simulated(asked)
    expect(Math.abs(late - seen), `${late.toFixed(2)} for ${seen.toFixed(2)}`).toBeLessThan(
      Math.max(0.5, 0.1 * booked),
    )
  })
})
