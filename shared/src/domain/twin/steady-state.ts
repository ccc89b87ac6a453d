import { logNormalFactor, normal } from '../dispatch/service-times.ts'
import type { NozzleType } from '../../units/names.ts'
import { after, elapsed, instant, minutes, type Instant } from '../../units/time.ts'
import { streamsOf, type RunSeed, type Stream, type Streams } from './chance.ts'
import {
  byArrival,
  dayZero,
  drawVehicle,
  meanService,
  simInstant,
  simTicket,
  stagingVariation,
  type ClassShares,
  type Drawn,
  type Visit,
} from './visit.ts'

/** A station in steady state (lanes.md section 4): what arrives does not change with the hour. */
export type SteadyState = {
  readonly positions: number
  /** Offered work per position, ρ. */
  readonly load: number
  /** Share of the work that is booked, f. */
  readonly bookedShare: number
  readonly noShow: number
  /** Spread of the arrivals of booked vehicles around s−2, σ, in minutes. */
  readonly punctualityMinutes: number
  readonly shares: ClassShares
  readonly days: number
  /** False: staging knows the true remaining time. */
  readonly stagingNoise: boolean
}

/** A booking whether or not it shows. */
export type Booking = Drawn & {
  readonly windowStart: Instant
  /** Absent when it does not show. */
  readonly arrival?: Instant
}

export type SteadyTraffic = {
  /** With bookings, in order of arrival. */
  readonly visits: readonly Visit[]
  /** Also those that do not show: the station knows them until s+30. */
  readonly bookings: readonly Booking[]
  /** The same vehicles without bookings: who would have booked comes at random (Poisson). */
  readonly unbooked: readonly Visit[]
}

const slot = minutes(5)
/** Bookers come two minutes before s on average. */
const meanEarly = minutes(2)
const everyNozzle: readonly NozzleType[] = ['ngv1']
const dayMs = 86_400_000

/** The vehicles of one run. The same seed gives the same vehicles whatever the rule is. */
export function steadyTraffic(scenario: SteadyState, seed: RunSeed): SteadyTraffic {
  const streams = streamsOf(seed)
  const end = instant(scenario.days * dayMs)
  const perMs = (scenario.load * scenario.positions) / meanService(scenario.shares)
  const walkIns = walkInsOf({ scenario, streams, end, perMs: perMs * (1 - scenario.bookedShare) })
  const bookedPerMs = perMs * scenario.bookedShare
  const bookings = bookingsOf({
    scenario,
    streams,
    end,
    perMs: bookedPerMs / (1 - scenario.noShow),
  })
  const shown = bookings.flatMap(({ arrival, ...more }) =>
    arrival === undefined ? [] : [{ ...more, arrival }],
  )
  const unbooked = referencesOf({ scenario, streams, end, perMs: bookedPerMs })
  return {
    visits: visitsOf(scenario, streams, { walkIns, booked: shown }),
    bookings,
    unbooked: visitsOf(scenario, streams, { walkIns, booked: unbooked }),
  }
}

type Source = {
  readonly scenario: SteadyState
  readonly streams: Streams
  readonly end: Instant
  readonly perMs: number
}

type Arriving = Drawn & { readonly arrival: Instant; readonly windowStart?: Instant }

function walkInsOf({ scenario, streams, end, perMs }: Source): readonly Arriving[] {
  const gaps = streams('walk-in-gaps')
  const services = streams('walk-in-services')
  return poisson(gaps, { perMs, end }).map((arrival) => ({
    arrival,
    ...drawVehicle(scenario.shares, services),
  }))
}

function poisson(
  random: Stream,
  { perMs, end }: { readonly perMs: number; readonly end: Instant },
): readonly Instant[] {
  const found: Instant[] = []
  if (perMs === 0) return found
  for (let at = gap(random, perMs); at < end; at += gap(random, perMs)) found.push(simInstant(at))
  return found
}

function gap(random: Stream, perMs: number): number {
  return -Math.log(1 - random()) / perMs
}

function bookingsOf({ scenario, streams, end, perMs }: Source): readonly Booking[] {
  const shows = streams('shows')
  const services = streams('booked-services')
  const found: Booking[] = []
  let sold = 0
  for (let s = dayZero; s < end; s = after(s, slot)) {
    const until = Math.floor(perMs * (elapsed(dayZero, s) + slot))
    for (; sold < until; sold += 1) {
      const arrival = shownAt(s, scenario, shows)
      const booking = { windowStart: s, ...drawVehicle(scenario.shares, services) }
      found.push(arrival === undefined ? booking : { ...booking, arrival })
    }
  }
  return found
}

/** When a booking of window `s` shows, if it does; it always takes the same number of draws. */
export function shownAt(
  s: Instant,
  { noShow, punctualityMinutes }: Pick<SteadyState, 'noShow' | 'punctualityMinutes'>,
  random: Stream,
): Instant | undefined {
  const shows = random() >= noShow
  const off = minutes(punctualityMinutes * normal(random))
  return shows ? simInstant(Math.max(dayZero, s - meanEarly + off)) : undefined
}

/**
 * The vehicles that show, with their own services, at random times: the same draws as `bookingsOf`
 * makes, taken further if the random times need more of them.
 */
function referencesOf({ scenario, streams, end, perMs }: Source): readonly Arriving[] {
  const shows = streams('shows')
  const services = streams('booked-services')
  const next = (): Drawn => {
    for (;;) {
      const shown = shownAt(dayZero, scenario, shows)
      const vehicle = drawVehicle(scenario.shares, services)
      if (shown !== undefined) return vehicle
    }
  }
  return poisson(streams('reference-gaps'), { perMs, end }).map((arrival) => ({
    arrival,
    ...next(),
  }))
}

type Kinds = { readonly walkIns: readonly Arriving[]; readonly booked: readonly Arriving[] }

function visitsOf(
  { stagingNoise }: SteadyState,
  streams: Streams,
  { walkIns, booked }: Kinds,
): readonly Visit[] {
  const factor = (random: Stream): number =>
    stagingNoise ? logNormalFactor(stagingVariation, random) : 1
  const forWalkIns = streams('walk-in-staging')
  const forBooked = streams('booked-staging')
  const all = byArrival([
    ...walkIns.map((one) => ({ ...one, seenFactor: factor(forWalkIns) })),
    ...booked.map((one) => ({ ...one, seenFactor: factor(forBooked) })),
  ])
  return all.map((one, n) => ({ ...one, ticket: simTicket(n), nozzles: everyNozzle }))
}
