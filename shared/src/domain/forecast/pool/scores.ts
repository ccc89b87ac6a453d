/** Mean absolute error. */
export function meanAbsolute(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  let sum = 0
  for (let at = 0; at < actual.length; at += 1) sum += Math.abs(actual[at]! - forecast[at]!)
  return sum / Math.max(1, actual.length)
}

/** Mean squared error. */
export function meanSquare(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  let sum = 0
  for (let at = 0; at < actual.length; at += 1) sum += (actual[at]! - forecast[at]!) ** 2
  return sum / Math.max(1, actual.length)
}

/** Mean pinball loss of one quantile. */
export function pinball(
  share: number,
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
): number {
  let sum = 0
  for (let at = 0; at < actual.length; at += 1) {
    const residual = actual[at]! - forecast[at]!
    sum += residual >= 0 ? share * residual : (share - 1) * residual
  }
  return sum / Math.max(1, actual.length)
}

/** Share of the actual values inside the band, its ends included. */
export function coverage(
  actual: ArrayLike<number>,
  low: ArrayLike<number>,
  high: ArrayLike<number>,
): number {
  let inside = 0
  for (let at = 0; at < actual.length; at += 1) {
    if (actual[at]! >= low[at]! && actual[at]! <= high[at]!) inside += 1
  }
  return inside / Math.max(1, actual.length)
}
