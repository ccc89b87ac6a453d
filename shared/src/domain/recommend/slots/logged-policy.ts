import { limited, type Limited } from '../resampled.ts'

/** The one place of a showing that was drawn by chance, and what became of it. */
export type LoggedPlace = {
  readonly driver: string
  /** The chance with which what was shown there got the place; above 0, at most 1. */
  readonly propensity: number
  /** Something else than the best of the ranking stood there. */
  readonly explored: boolean
  /** What stood there was taken. */
  readonly taken: boolean
}

/** How often the place is taken, as it was filled and as it would be without exploration. */
export type PolicyValues = {
  readonly places: number
  readonly explored: number
  readonly logged: Limited
  /** Of always the best: weighted by one over the propensity; unbiased, and wide. */
  readonly greedyIps: Limited
  /** The same over the sum of the weights: narrower, and slightly biased. */
  readonly greedySnips: Limited
  /** How many places of one weight would tell as much. */
  readonly effective: number
}

/**
 * What exploration costs or brings, from the log alone. A place where the best stood counts one over
 * the chance it had there, a place where something else stood counts nothing.
 */
export function policyValues(log: readonly LoggedPlace[], seed: number): PolicyValues {
  const weightOf = ({ explored, propensity }: LoggedPlace): number =>
    explored ? 0 : 1 / propensity
  const value = (weight: (one: LoggedPlace) => number, of: (one: LoggedPlace) => number): Limited =>
    limited(
      log.map((one) => ({
        ...{ block: one.driver, of: of(one) },
        sum: one.taken ? weight(one) : 0,
      })),
      seed,
    )
  const one = (): number => 1
  const weights = log.map(weightOf)
  const sum = weights.reduce((all, weight) => all + weight, 0)
  const squares = weights.reduce((all, weight) => all + weight ** 2, 0)
  return {
    places: log.length,
    explored: log.filter(({ explored }) => explored).length,
    logged: value(one, one),
    greedyIps: value(weightOf, one),
    greedySnips: value(weightOf, weightOf),
    effective: squares === 0 ? 0 : sum ** 2 / squares,
  }
}
