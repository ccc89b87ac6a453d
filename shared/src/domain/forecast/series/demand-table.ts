/** A covariate as it stands in a file: numbers with NaN for missing, or words with '' for missing. */
export type Covariate =
  | { readonly kind: 'number'; readonly name: string; readonly values: Float64Array }
  | { readonly kind: 'word'; readonly name: string; readonly values: readonly string[] }

/** Observations in long form, in any order. */
export type DemandTable = {
  /** Names of the series; `seriesOf` counts in it. */
  readonly series: readonly string[]
  readonly seriesOf: Int32Array
  /** Start of the step, milliseconds since 1970-01-01T00:00Z. */
  readonly at: Float64Array
  /** What local time is ahead of UTC, minutes. */
  readonly offsetMinutes: Int16Array
  /** NaN is unknown. Rows of the future have no value. */
  readonly value: Float64Array
  readonly covariates: readonly Covariate[]
}

export const dayMs = 86_400_000
