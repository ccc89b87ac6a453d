import { recommendedConfig } from '../dispatch/dispatch-config.ts'
import type { NozzleType } from '../../units/names.ts'
import { positionNo } from '../../units/names.ts'
import { after, minutes, type Instant } from '../../units/time.ts'
import { sellDay, type Sale } from './booking-desk.ts'
import type { RunSeed } from './chance.ts'
import { pooledFifo } from './pooled-fifo.ts'
import { average } from './statistics.ts'
import type { Rule } from './steady-run.ts'
import { plainPositions, type Raised, type StationRun } from './station-plan.ts'
import { runStation } from './station-run.ts'
import { closes, opens, outageOf, wishersOf, type TwoPeakDay, type Wisher } from './two-peak-day.ts'
import { meanService, simInstant, simTicket, type Visit } from './visit.ts'
import { longestQueueOf, meanWaits, queueAt, waitsOf, type Waits } from './waits.ts'

/** One day under the rule, beside first come first served for the same vehicles. */
export type DayRun = {
  readonly rec: Waits
  readonly b: Waits
  readonly longestQueue: number
  readonly longestQueueB: number
  /** How many wait at each half hour from 05 h on, under the rule and under B. */
  readonly queue: readonly number[]
  readonly queueB: readonly number[]
  /** Mean |window − wish| of those that booked, in minutes. */
  readonly shiftMinutes: number
  readonly booked: number
  readonly offered: number
  readonly moved: number
  /** Longest time from the outage to the message, of bookings that no longer fitted. */
  readonly toldMinutes: number
  /** Bookings that came in time, started after their promise, and had been told nothing by then. */
  readonly silentlyLate: number
}

/** Until an hour after closing, when the last ones leave. */
const halfHours = Array.from({ length: 39 }, (_, i) => after(opens, minutes(30 * i)))

const everyNozzle: readonly NozzleType[] = ['ngv1']

export function dayRun(day: TwoPeakDay, rule: Rule, seed: RunSeed): DayRun {
  const wishers = wishersOf(day, seed)
  const sale = sellDay(day, wishers, seed)
  const visits = visitsOf(wishers, sale)
  const asWished = wishers.map((one, n) => visit(one, n, { arrival: one.wish }))
  const { starts, delays } = stationRun(day, rule, visits)
  const startsB = pooledFifo(asWished, { positions: day.positions, outages: closedOf(day) })
  const whole = { from: simInstant(0), to: simInstant(Number.MAX_SAFE_INTEGER) }
  return {
    rec: waitsOf(visits, starts, whole),
    b: waitsOf(asWished, startsB, whole),
    longestQueue: longestQueueOf(visits, starts),
    longestQueueB: longestQueueOf(asWished, startsB),
    queue: queueAt(visits, starts, halfHours),
    queueB: queueAt(asWished, startsB, halfHours),
    shiftMinutes: shiftOf(wishers, sale),
    booked: sale.windows.size,
    offered: sale.offers.length,
    moved: sale.offers.filter(({ windowStart }) => windowStart !== undefined).length,
    toldMinutes: toldMinutesOf(day, sale),
    silentlyLate: silentlyLateOf({ visits, starts, delays, sale }),
  }
}

function stationRun(
  day: TwoPeakDay,
  { config, staging }: Rule,
  visits: readonly Visit[],
): StationRun {
  const outages = closedOf(day).map(({ position, from, to }) => ({
    position: positionNo(position),
    from: simInstant(from),
    to: simInstant(to),
  }))
  const plan = { positions: plainPositions(day.positions), visits, config, staging, outages }
  const announces = outages.length > 0 ? { delayFrom: meanService(day.shares) } : {}
  return runStation({ ...plan, ...announces })
}

function closedOf(day: TwoPeakDay): readonly { position: number; from: number; to: number }[] {
  const outage = outageOf(day)
  return outage === undefined || day.outage === undefined
    ? []
    : [{ position: day.outage.position, ...outage }]
}

/** Those with a window come to it; a no-show comes back without one; the others come as wished. */
function visitsOf(wishers: readonly Wisher[], { windows }: Sale): readonly Visit[] {
  return wishers
    .map((one, n) => {
      const windowStart = windows.get(n)
      if (windowStart === undefined) return visit(one, n, { arrival: one.wish })
      if (!one.shows) return visit(one, n, { arrival: returnOf(one, windowStart) })
      const arrival = simInstant(Math.max(opens, windowStart + one.offMs))
      return visit(one, n, { arrival, windowStart })
    })
    .toSorted((a, b) => a.arrival - b.arrival)
}

/** At s+10 plus up to 110 minutes, before the station closes. */
function returnOf({ returns }: Wisher, windowStart: Instant): Instant {
  const from = after(windowStart, minutes(10))
  const span = Math.max(0, Math.min(minutes(110), closes - from))
  return simInstant(from + returns * span)
}

function visit(
  { vehicleClass, service, seenFactor }: Wisher,
  n: number,
  when: { readonly arrival: Instant; readonly windowStart?: Instant },
): Visit {
  return {
    ticket: simTicket(n),
    ...when,
    vehicleClass,
    nozzles: everyNozzle,
    service,
    seenFactor,
  }
}

function shiftOf(wishers: readonly Wisher[], { windows }: Sale): number {
  let sum = 0
  for (const [n, windowStart] of windows) sum += Math.abs(windowStart - (wishers[n]?.wish ?? 0))
  return windows.size === 0 ? 0 : sum / windows.size / minutes(1)
}

function toldMinutesOf(day: TwoPeakDay, { offers }: Sale): number {
  const from = outageOf(day)?.from ?? opens
  return Math.max(0, ...offers.map(({ toldAt }) => (toldAt - from) / minutes(1)))
}

type Told = {
  readonly visits: readonly Visit[]
  readonly starts: Float64Array
  readonly delays: readonly Raised[]
  readonly sale: Sale
}

/** The promise is a start within ten minutes of the window, or of coming inside it. */
function silentlyLateOf({ visits, starts, delays, sale }: Told): number {
  const offered = new Set(sale.offers.map(({ n }) => simTicket(n)))
  const first = delays[0]?.at ?? Infinity
  return visits.filter(({ ticket, arrival, windowStart }, i) => {
    if (windowStart === undefined || arrival > windowStart + recommendedConfig.lateAfter)
      return false
    const promise = Math.max(arrival, windowStart) + minutes(10)
    return (starts[i] ?? 0) > promise && first > promise && !offered.has(ticket)
  }).length
}

/** Means over so many days of one replication; every day has a seed of its own. */
export function meanDay(
  day: TwoPeakDay,
  { rule, days, seed }: { readonly rule: Rule; readonly days: number; readonly seed: RunSeed },
): DayRun {
  const runs = Array.from({ length: days }, (_, n) =>
    dayRun(day, rule, { seed: seed.seed, replication: seed.replication * days + n }),
  )
  const mean = (of: (run: DayRun) => number): number => average(runs.map(of))
  return {
    rec: meanWaits(runs.map(({ rec }) => rec)),
    b: meanWaits(runs.map(({ b }) => b)),
    longestQueue: mean(({ longestQueue }) => longestQueue),
    longestQueueB: mean(({ longestQueueB }) => longestQueueB),
    queue: halfHours.map((_, i) => mean(({ queue }) => queue[i] ?? 0)),
    queueB: halfHours.map((_, i) => mean(({ queueB }) => queueB[i] ?? 0)),
    shiftMinutes: mean(({ shiftMinutes }) => shiftMinutes),
    booked: mean(({ booked }) => booked),
    offered: mean(({ offered }) => offered),
    moved: mean(({ moved }) => moved),
    toldMinutes: Math.max(...runs.map(({ toldMinutes }) => toldMinutes)),
    silentlyLate: mean(({ silentlyLate }) => silentlyLate),
  }
}
