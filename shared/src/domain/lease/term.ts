import { after, before, minutes, type Instant } from '../../units/time.ts'
import { perMille, type PerMille } from '../../units/work.ts'
import { takingSpan } from '../slots/taking-plan.ts'
import { horizon, remoteSaleEdge } from '../slots/windows.ts'
import type { CellCapacity } from './capacity.ts'

/** Share of a station's bookable capacity that the cloud may sell (lanes.md section 3). */
export const cloudShare = perMille(700)
/** A term is good for this long after each renewal, and renewed this often. */
export const termLength = minutes(60)
export const renewEvery = minutes(5)
/** How far the clocks of cloud and station may differ before anybody is told. */
export const clockGuard = minutes(2)

/** The station's share of slots lent to the cloud for a time. `from`, `to` bound the cells. */
export type LeaseTerm = {
  /** UUID, made by the station. */
  readonly id: string
  /** Rises with every term of the station: who holds an older one is fenced. */
  readonly fence: number
  readonly from: Instant
  /** Excluded. */
  readonly to: Instant
  readonly cloudShare: PerMille
  /** From here the cloud sells nothing until a renewal. */
  readonly validUntil: Instant
}

export const leaseKinds = ['grant', 'borrow', 'return'] as const
export type LeaseKind = (typeof leaseKinds)[number]

/**
 * One step of the lease, always the station's. `no` counts the requests of a term, one at a time:
 * the same number is the same request, however often it arrives.
 */
export type LeaseRequest = {
  readonly kind: LeaseKind
  readonly no: number
  readonly term: LeaseTerm
  /**
   * grant: what the cloud may sell in these cells from now on. borrow: what the station would like
   * to have of them. return: what the cloud gets back.
   */
  readonly cells: readonly CellCapacity[]
  /**
   * The first grant of a station that has lost part of its history: nothing the cloud has is
   * raised, since the lost part may have sold it.
   */
  readonly adopt: boolean
  /** Asks of the cloud that this grant has answered, for better or worse. */
  readonly asks: readonly string[]
}

/** What the cloud holds of each cell of the request after it: never less than it has sold. */
export type LeaseAnswer = { readonly no: number; readonly held: readonly CellCapacity[] }

/** The cloud holds another term, or has lost requests of this one: a new one opens above `fence`. */
export type LeaseFenced = { readonly fence: number; readonly term: string | null }

/** Whether the cloud may sell under this term; by the cloud's own clock. */
export function inForce(term: Pick<LeaseTerm, 'validUntil'>, now: Instant): boolean {
  return now < term.validUntil
}

/** Whether the station must still reckon with sales of the cloud; by the station's clock. */
export function mayStillSell(term: Pick<LeaseTerm, 'validUntil'>, now: Instant): boolean {
  return now < after(term.validUntil, clockGuard)
}

/**
 * Validity the cloud gives a term whose station says `validUntil`: a station with a clock that is
 * ahead gets no more than a full term.
 */
export function boundedValidity(validUntil: Instant, now: Instant): Instant {
  const longest = after(after(now, termLength), clockGuard)
  return validUntil < longest ? validUntil : longest
}

/** Cells before this are for vehicles at the station: their unsold minutes are the station's. */
export function remoteClosed(now: Instant): Instant {
  return before(after(now, remoteSaleEdge), clockGuard)
}

export function grantedUntil(now: Instant): Instant {
  return after(after(now, horizon), takingSpan)
}
