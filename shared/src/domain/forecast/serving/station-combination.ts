import type { Combination } from '../backtest/combine.ts'
import type { ModelManifest } from '../bundle/model-manifest.ts'
import type { Stretch } from '../interval/conformal.ts'

/** Until outcomes say more: counts scatter by their root, and those of days by more. */
export const naiveStretch: Stretch = { down: 0.6, up: 0.6 }

/** What serves without a model. */
export const seasonalNaive: Combination = {
  ...{ middle: new Map([['seasonal-naive', 1]]), mean: new Map([['weekday-mean', 1]]) },
  ...{ low: new Map(), high: new Map(), naiveShare: new Map() },
  ...{ rounded: false, band: 'spread', usual: 1 },
}

/** How a model's members make a forecast, as its manifest says. */
export function combinationOf({ recipe, series }: ModelManifest): Combination {
  const weights = (of: Readonly<Record<string, number>>): ReadonlyMap<string, number> =>
    new Map(Object.entries(of))
  const { middle, mean, low, high, rounded, band, usual } = recipe
  return {
    ...{ middle: weights(middle), mean: weights(mean), low: weights(low), high: weights(high) },
    ...{ rounded, band, usual },
    naiveShare: new Map(
      series.flatMap(({ naiveShare }, at) => (naiveShare > 0 ? [[at, naiveShare]] : [])),
    ),
  }
}
