export type Quantiles = { readonly q10: number; readonly q50: number; readonly q90: number }

/** One quarter hour that has come, with what two models had said of it a day or more before. */
export type JudgedRow = {
  readonly station: number
  /** Name of the station's series: outcomes of one kind. */
  readonly series: string
  /** Local days since 1970-01-01. */
  readonly day: number
  /** Holiday week, storm, supply cut: no day to judge a model by. */
  readonly event: boolean
  readonly actual: number
  readonly champion: Quantiles
  readonly challenger: Quantiles
  /** The value a week earlier. */
  readonly naive: number
}

/** Pinball loss of the three quantiles together. */
export function pinballOf(actual: number, { q10, q50, q90 }: Quantiles): number {
  const one = (share: number, quantile: number): number =>
    actual >= quantile ? share * (actual - quantile) : (1 - share) * (quantile - actual)
  return one(0.1, q10) + one(0.5, q50) + one(0.9, q90)
}
