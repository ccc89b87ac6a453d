import type { Combination } from '../backtest/combine.ts'
import type { FittedMembers } from '../backtest/member-table.ts'
import { joinTargets } from '../trees/tree.ts'
import type { OnnxOutput } from './write-model.ts'

/** Which learned members a combination uses; the boosted mean when it uses none. */
export function modelOutputs(
  members: FittedMembers,
  { middle, mean, low, high }: Combination,
): readonly OnnxOutput[] {
  const used = new Set([middle, mean, low, high].flatMap((weights) => [...weights.keys()]))
  const outputs: OnnxOutput[] = []
  const quantiles = (['low', 'middle', 'high'] as const).flatMap((name) => {
    const ensemble = members.get(name)?.ensemble
    return ensemble === undefined ? [] : [ensemble]
  })
  const ofMean = members.get('mean')
  const forest = members.get('forest')
  if (used.has('boosted-quantile') && quantiles.length === 3) {
    outputs.push({ name: 'quantiles', ensemble: joinTargets(quantiles), exponential: false })
  }
  if (used.has('forest') && forest !== undefined) {
    outputs.push({ name: 'classShares', ensemble: forest.ensemble, exponential: false })
  }
  if (ofMean !== undefined && (used.has('boosted-mean') || outputs.length === 0)) {
    const { learner } = ofMean.job
    const exponential = learner.kind === 'boost' && learner.spec.loss.kind === 'poisson'
    outputs.push({ name: 'mean', ensemble: ofMean.ensemble, exponential })
  }
  return outputs
}
