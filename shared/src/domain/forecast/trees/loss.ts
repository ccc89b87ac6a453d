/** What a boosted model is fitted to. */
export type Loss =
  | { readonly kind: 'squared' }
  | { readonly kind: 'poisson' }
  /** Pinball loss of one quantile. */
  | { readonly kind: 'quantile'; readonly share: number }
  /**
   * One row is taken of each case, a run of rows. A row of weight 0 could not be taken; the others
   * carry the weight of their case.
   */
  | { readonly kind: 'choice'; readonly caseStart: Int32Array }

/** Target and weight by row, and the present score of each row. */
export type Fitted = {
  readonly target: Float64Array
  readonly weight: Float64Array
  readonly score: Float64Array
}

/** Below this score a Poisson mean is nothing; above, it would overflow float32. */
const scoreMax = 30

/** Fills gradient and curvature of the loss for the rows. */
export function fillSlopes(
  loss: Loss,
  { target, weight, score }: Fitted,
  into: { readonly gradient: Float64Array; readonly hessian: Float64Array },
): void {
  const { gradient, hessian } = into
  if (loss.kind === 'choice')
    return fillChoiceSlopes(loss.caseStart, { target, weight, score }, into)
  for (let row = 0; row < target.length; row += 1) {
    const w = weight[row]!
    const residual = target[row]! - score[row]!
    switch (loss.kind) {
      case 'squared':
        gradient[row] = -w * residual
        hessian[row] = w
        break
      case 'quantile':
        gradient[row] = residual < 0 ? w * (1 - loss.share) : -w * loss.share
        hessian[row] = w
        break
      case 'poisson': {
        const mean = Math.exp(Math.min(scoreMax, score[row]!))
        gradient[row] = w * (mean - target[row]!)
        hessian[row] = w * mean
        break
      }
    }
  }
}

/** Slopes of the negative log-likelihood of a softmax within each case. */
function fillChoiceSlopes(
  caseStart: Int32Array,
  { target, weight, score }: Fitted,
  { gradient, hessian }: { readonly gradient: Float64Array; readonly hessian: Float64Array },
): void {
  for (let one = 0; one + 1 < caseStart.length; one += 1) {
    const from = caseStart[one]!
    const to = caseStart[one + 1]!
    let most = Number.NEGATIVE_INFINITY
    for (let row = from; row < to; row += 1) {
      if (weight[row]! > 0) most = Math.max(most, score[row]!)
    }
    let sum = 0
    for (let row = from; row < to; row += 1) {
      if (weight[row]! > 0) sum += Math.exp(score[row]! - most)
    }
    for (let row = from; row < to; row += 1) {
      const counts = weight[row]!
      const chance = counts > 0 ? Math.exp(score[row]! - most) / sum : 0
      gradient[row] = counts > 0 ? counts * (chance - target[row]!) : 0
      hessian[row] = Math.max(1e-6, counts * chance * (1 - chance))
    }
  }
}
