import { logNormalFactor, normal } from '../dispatch/service-times.ts'
import { after, hours, instant, minutes, type Instant } from '../../units/time.ts'
import type { RunSeed, Stream } from './chance.ts'
import { streamsOf } from './chance.ts'
import {
  drawVehicle,
  meanService,
  simInstant,
  stagingVariation,
  type ClassShares,
  type Drawn,
} from './visit.ts'

/** A station's day with a morning and an evening peak (lanes.md section 4). */
export type TwoPeakDay = {
  readonly positions: number
  /** Mean offered work per position over the day; the peak hour has 1.5 times as much. */
  readonly load: number
  /** Share of the vehicles that want to book. */
  readonly bookedShare: number
  readonly noShow: number
  readonly punctualityMinutes: number
  readonly shares: ClassShares
  readonly stagingNoise: boolean
  /** σ_ln of the walk-in forecast of each hour; 0 knows the true mean. */
  readonly forecastError: number
  /** `forecast`: the slot formula; `flat`: without a fresh forecast. */
  readonly cap: 'forecast' | 'flat'
  /**
   * Walk-in work a forecaster has told for each five minutes from midnight, in minutes; without it
   * the true rate with the error above.
   */
  readonly told?: readonly number[]
  readonly outage?: DayOutage
}

export type DayOutage = {
  /** One-based number of the position that takes no new vehicle. */
  readonly position: number
  readonly fromMinute: number
  readonly toMinute: number
  /** Whether bookings that no longer fit are offered another window, and how many accept. */
  readonly retime: boolean
  readonly consent: number
}

export const opens = simInstant(hours(5))
export const closes = simInstant(hours(23))

/** Arrivals of each hour from 05 to 23, the mean being 1. */
const hourWeights = [
  0.5, 0.8, 1.15, 1.35, 1.3, 1.05, 0.85, 0.75, 0.75, 0.85, 1.0, 1.1, 1.25, 1.45, 1.5, 1.25, 0.7,
  0.4,
]
const heaviest = Math.max(...hourWeights)

/** A vehicle that would like to fill at `wish`; drawn once, whatever the station does with it. */
export type Wisher = Drawn & {
  readonly wish: Instant
  readonly wantsBooking: boolean
  /** Order in which the bookers are served. */
  readonly turn: number
  readonly shows: boolean
  /** Arrival of one that shows, from its window start. */
  readonly offMs: number
  /** Where in the time left before closing one that did not show comes back, 0 to 1. */
  readonly returns: number
  readonly seenFactor: number
  /** Takes an offered re-timing when below the share of those who do. */
  readonly consent: number
}

const meanEarly = minutes(2)

/** The vehicles of a day by the hour, by thinning, in the order of their wishes. */
export function wishersOf(day: TwoPeakDay, seed: RunSeed): readonly Wisher[] {
  const streams = streamsOf(seed)
  const arriving = streams('walk-in-gaps')
  const services = streams('walk-in-services')
  const rest = {
    wishes: streams('wishes'),
    turns: streams('selling-order'),
    shows: streams('shows'),
    returns: streams('returns'),
    staging: streams('walk-in-staging'),
    consent: streams('consent'),
  }
  return thinned(day, arriving).map((wish) => ({
    wish,
    ...drawVehicle(day.shares, services),
    wantsBooking: rest.wishes() < day.bookedShare,
    turn: rest.turns(),
    shows: rest.shows() >= day.noShow,
    offMs: minutes(day.punctualityMinutes * normal(rest.shows)) - meanEarly,
    returns: rest.returns(),
    seenFactor: factor(day, rest.staging),
    consent: rest.consent(),
  }))
}

function factor({ stagingNoise }: TwoPeakDay, random: Stream): number {
  const drawn = logNormalFactor(stagingVariation, random)
  return stagingNoise ? drawn : 1
}

function thinned(day: TwoPeakDay, random: Stream): readonly Instant[] {
  const most = arrivalsPerMs(day, heaviest)
  const found: Instant[] = []
  for (let at: number = opens; ;) {
    at -= Math.log(1 - random()) / most
    if (at >= closes) return found
    if (random() * heaviest < weightAt(at)) found.push(simInstant(at))
  }
}

function arrivalsPerMs({ load, positions, shares }: TwoPeakDay, weight: number): number {
  return (weight * load * positions) / meanService(shares)
}

function weightAt(at: number): number {
  return hourWeights[Math.floor((at - opens) / hours(1))] ?? 0
}

/**
 * Forecast walk-in work of the five minutes from `at`, in minutes: what a forecaster told, or the
 * true rate of the hour times that hour's error.
 */
export function forecastOf(day: TwoPeakDay, seed: RunSeed): (at: Instant) => number {
  const { told } = day
  if (told !== undefined) return (at) => told[Math.floor(at / minutes(5))] ?? 0
  const random = streamsOf(seed)('forecast')
  const errors = hourWeights.map(() => drawnError(day.forecastError, random))
  return (at) => {
    const hour = Math.floor((at - opens) / hours(1))
    const work = (hourWeights[hour] ?? 0) * day.load * day.positions * (1 - day.bookedShare) * 5
    return work * (errors[hour] ?? 1)
  }
}

/** Log-normal of mean 1; the design gives its σ_ln, so the variation is √(e^σ² − 1). */
function drawnError(sigma: number, random: Stream): number {
  return logNormalFactor(Math.sqrt(Math.exp(sigma * sigma) - 1), random)
}

export function outageOf({ outage }: TwoPeakDay): { from: Instant; to: Instant } | undefined {
  if (outage === undefined) return undefined
  return {
    from: after(instant(0), minutes(outage.fromMinute)),
    to: after(instant(0), minutes(outage.toMinute)),
  }
}
