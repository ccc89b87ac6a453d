import type { DispatchConfig } from '../dispatch/dispatch-config.ts'
import type { NozzleType } from '../../units/names.ts'
import { positionNo } from '../../units/names.ts'
import { after, minutes, type Instant } from '../../units/time.ts'
import { sellDay, type Sale } from './booking-desk.ts'
import type { RunSeed } from './chance.ts'
import { pooledFifo } from './pooled-fifo.ts'
import { plainPositions, type StationRun } from './station-plan.ts'
import { runStation } from './station-run.ts'
import { closes, opens, outageOf, wishersOf, type TwoPeakDay, type Wisher } from './two-peak-day.ts'
import { simInstant, simTicket, type Visit } from './visit.ts'
import { longestQueueOf, waitsOf, type Waits } from './waits.ts'

/** One day under the rule, beside first come first served for the same vehicles. */
export type DayRun = {
  readonly rec: Waits
  readonly b: Waits
  readonly longestQueue: number
  readonly longestQueueB: number
  /** Mean |window − wish| of those that booked, in minutes. */
  readonly shiftMinutes: number
  readonly booked: number
  readonly offered: number
  readonly moved: number
}

type Rule = { readonly config: DispatchConfig; readonly staging: boolean }

const everyNozzle: readonly NozzleType[] = ['ngv1']

export function dayRun(day: TwoPeakDay, rule: Rule, seed: RunSeed): DayRun {
  const wishers = wishersOf(day, seed)
  const sale = sellDay(day, wishers, seed)
  const visits = visitsOf(wishers, sale)
  const asWished = wishers.map((one, n) => visit(one, n, { arrival: one.wish }))
  const { starts } = stationRun(day, rule, visits)
  const startsB = pooledFifo(asWished, { positions: day.positions, outages: closedOf(day) })
  const whole = { from: simInstant(0), to: simInstant(Number.MAX_SAFE_INTEGER) }
  return {
    rec: waitsOf(visits, starts, whole),
    b: waitsOf(asWished, startsB, whole),
    longestQueue: longestQueueOf(visits, starts),
    longestQueueB: longestQueueOf(asWished, startsB),
    shiftMinutes: shiftOf(wishers, sale),
    booked: sale.windows.size,
    offered: sale.offers.length,
    moved: sale.offers.filter(({ windowStart }) => windowStart !== undefined).length,
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
  return runStation({ positions: plainPositions(day.positions), visits, config, staging, outages })
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
