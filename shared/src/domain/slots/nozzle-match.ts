import type { NozzleType } from '../../units/names.ts'
import { after, before, millis, minutes, type Instant, type Millis } from '../../units/time.ts'
import { windowLength } from './windows.ts'

/** A booking as the nozzles see it. */
export type NozzleClaim = {
  readonly nozzle: NozzleType
  readonly start: Instant
  /** Expected time at a position, change of vehicle included. */
  readonly duration: Millis
}

/** Nozzle types of each working position. */
export type PositionNozzles = readonly (readonly NozzleType[])[]

export type MatchRules = {
  /** A vehicle comes up to this much after its start. */
  readonly arrival: Millis
  /** How long it may wait for a nozzle after it has come. */
  readonly wait: Millis
}

/** Nobody waits: a vehicle that comes finds a nozzle free, whoever came before it. */
export const noQueue: MatchRules = { arrival: millis(0), wait: millis(0) }

/** The promise: at a nozzle within ten minutes of arriving inside the window (product.md 7.2). */
export const withQueue: MatchRules = { arrival: windowLength, wait: minutes(10) }

/**
 * Whether the wish can be accepted beside what is booked: in every order of arrival each vehicle
 * finds a nozzle that fits (product.md 7.1). Vehicles may take any position that fits, so a scarce
 * one counts as taken by whoever could take it. Where vehicles may wait, the same is asked of
 * expected minutes: those that need a scarce type reach it in time, whichever of them comes first.
 */
export function fitsNozzles(
  wish: NozzleClaim,
  booked: readonly NozzleClaim[],
  { positions, rules }: { readonly positions: PositionNozzles; readonly rules: MatchRules },
): boolean {
  if (!canTake(positions, wish.nozzle)) return false
  const beside = { all: [...booked, wish], positions, rules }
  const touched = beside.all.filter((claim) => claim === wish || meets(claim, wish, rules))
  if (touched.every((claim) => findsPlace(claim, beside))) return true
  return rules.wait > 0 && scarceTypes(positions).every((type) => reachedInTime(type, beside))
}

/** Both may be at the station at the same time. */
function meets(a: NozzleClaim, b: NozzleClaim, rules: MatchRules): boolean {
  return a.start < leaves(b, rules) && b.start < leaves(a, rules)
}

function leaves({ start, duration }: NozzleClaim, { arrival, wait }: MatchRules): Instant {
  return after(start, millis(arrival + wait + duration))
}

type Beside = {
  readonly all: readonly NozzleClaim[]
  readonly positions: PositionNozzles
  readonly rules: MatchRules
}

/** However the others came and stood, a position that fits is left: their matching leaves one out. */
function findsPlace(claim: NozzleClaim, { all, positions, rules }: Beside): boolean {
  const fitting = positions.filter((nozzles) => nozzles.includes(claim.nozzle))
  const rivals = all.filter((other) => other !== claim && meets(other, claim, rules))
  return matched(rivals, fitting) < fitting.length
}

/** Size of the largest matching of vehicles to positions, by augmenting paths; positions are few. */
function matched(vehicles: readonly NozzleClaim[], positions: PositionNozzles): number {
  const holder = new Map<number, NozzleClaim>()
  const place = (vehicle: NozzleClaim, tried: Set<number>): boolean =>
    positions.some((nozzles, index) => {
      if (tried.has(index) || !nozzles.includes(vehicle.nozzle)) return false
      tried.add(index)
      const other = holder.get(index)
      if (other !== undefined && !place(other, tried)) return false
      holder.set(index, vehicle)
      return true
    })
  for (const vehicle of vehicles) {
    if (holder.size === positions.length) break
    place(vehicle, new Set())
  }
  return holder.size
}

/** Types that not every position has. What every position has, the cells' minutes guard alone. */
function scarceTypes(positions: PositionNozzles): readonly NozzleType[] {
  const types = new Set(positions.flat())
  return [...types].filter((type) => positions.some((nozzles) => !nozzles.includes(type)))
}

/**
 * Whether each vehicle that needs the type starts in time in every order of arrival. It waits too
 * long only if, from some moment on, the positions of the type were busy with vehicles that came
 * before it; those came since that moment, and their work, shared out, fills its patience. One
 * vehicle of another type may stand there when they come.
 */
function reachedInTime(type: NozzleType, { all, positions, rules }: Beside): boolean {
  const scarce = positions.filter((nozzles) => nozzles.includes(type))
  const needing = all.filter(({ nozzle }) => nozzle === type)
  const blocked = longest(all.filter(({ nozzle }) => nozzle !== type && canTake(scarce, nozzle)))
  const starts = [...new Set(needing.map(({ start }) => start))]
  return needing.every((claim) =>
    starts.every((came) => {
      if (came < claim.start || came > after(claim.start, rules.arrival)) return true
      return starts.every((start) => {
        const busyFrom = Math.min(came, after(start, rules.arrival))
        const ahead = needing.filter(
          (other) =>
            other !== claim && other.start <= came && after(other.start, rules.arrival) >= busyFrom,
        )
        const patience = after(came, rules.wait) - busyFrom - blocked
        return start > came || workOf(ahead) <= scarce.length * patience
      })
    }),
  )
}

function workOf(claims: readonly NozzleClaim[]): number {
  return claims.reduce((sum, { duration }) => sum + duration, 0)
}

function canTake(positions: PositionNozzles, nozzle: NozzleType): boolean {
  return positions.some((nozzles) => nozzles.includes(nozzle))
}

function longest(claims: readonly NozzleClaim[]): number {
  return Math.max(0, ...claims.map(({ duration }) => duration))
}

/** Vehicles further away than this from a window are served before it, or come after it. */
const farthest = minutes(60)

/** Starts of the bookings that have to be looked at for a window. */
export function matchSpan(windowStart: Instant): { readonly from: Instant; readonly to: Instant } {
  return { from: before(windowStart, farthest), to: after(windowStart, farthest) }
}
