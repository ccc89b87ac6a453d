import { elapsed, hours, type Instant } from '../../units/time.ts'
import { perMille, type PerMille } from '../../units/work.ts'

/** Who books alike comes alike: channel, own history and how far ahead (lanes.md section 3). */
export type ShowFacts = {
  readonly channel: string
  /** How the vehicle's last booking ended; undefined before its first. */
  readonly last: 'came' | 'missed' | undefined
  readonly soldAt: Instant
  readonly windowStart: Instant
}

/** Outcomes of a cohort at one station. */
export type ShowCounts = { readonly shown: number; readonly missed: number }

/** Show probability until a cohort is known: nine of ten come (lanes.md section 4). */
const usualShow = 900
/** The usual counts as much as this many outcomes. */
const usualWeight = 20

/** Name of the cohort, `app/came/6h`: stable, since outcomes are counted under it. */
export function cohortOf({ channel, last, soldAt, windowStart }: ShowFacts): string {
  const ahead = elapsed(soldAt, windowStart)
  const lead = ahead < hours(2) ? '2h' : ahead < hours(6) ? '6h' : '24h'
  return `${channel}/${last ?? 'new'}/${lead}`
}

/** Show probability of a cohort: its outcomes, drawn towards the usual while they are few. */
export function showOf({ shown, missed }: ShowCounts): PerMille {
  const known = shown + missed
  return perMille(
    Math.round((shown * 1000 + usualWeight * usualShow) / Math.max(1, known + usualWeight)),
  )
}
