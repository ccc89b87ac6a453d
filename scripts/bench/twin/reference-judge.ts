import { tQuantile, tTail, type Estimate } from '@baari/shared/domain/twin/statistics'
import { tableLength, type Figure } from './reference-table.ts'

/** A figure of the table and what our own replications say of it. */
export type Compared = {
  readonly name: string
  readonly table: Figure
  readonly ours: Estimate
  readonly replications: number
}

/** Most probability that anything of a right twin is declared outside, over all figures together. */
const familyError = 0.01

/**
 * The figures that differ from the table by more than chance. Each is tested by Welch's t, since
 * both sides are means of replications; Holm's steps (1979) bound the error of the family, whatever
 * the figures have to do with each other, and they have much: all policies meet the same vehicles.
 */
export function outsideOf(all: readonly Compared[]): readonly Compared[] {
  const ranked = all
    .map((one) => ({ one, chance: chanceOf(one) }))
    .toSorted((a, b) => a.chance - b.chance)
  const first = ranked.findIndex(({ chance }, i) => chance > familyError / (all.length - i))
  return ranked.slice(0, first === -1 ? ranked.length : first).map(({ one }) => one)
}

/** Probability of so great a distance if both were runs of the same model; none of no figure. */
export function chanceOf({ table, ours, replications }: Compared): number {
  if (Number.isNaN(ours.mean)) return 0
  const rounding = table.step / 2
  const distance = Math.max(0, Math.abs(ours.mean - table.mean) - rounding)
  const own = varianceOf(ours.high - ours.mean, replications)
  const theirs = varianceOf(table.half + rounding, tableLength.replications)
  const freedom =
    (own + theirs) ** 2 /
    (own ** 2 / (replications - 1) + theirs ** 2 / (tableLength.replications - 1))
  return tTail(distance / Math.sqrt(own + theirs), freedom)
}

/** Of a mean over replications, from the half-width of its 95 % interval. */
function varianceOf(half: number, replications: number): number {
  return (half / tQuantile(replications - 1)) ** 2
}
