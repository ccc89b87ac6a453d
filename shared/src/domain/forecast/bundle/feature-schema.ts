import { planOf, type FeaturePlan, type PlanFacts } from '../features/feature-plan.ts'
import { canonicalJson } from './canonical-json.ts'
import type { FeatureColumn } from './model-manifest.ts'

/** The input of a model with this plan, as the running feature function makes it. */
export function featureSchemaOf({ names, ofTarget }: FeaturePlan): readonly FeatureColumn[] {
  return names.map((name, at) => ({
    name,
    measure: ofTarget[at] === true ? 'target' : 'one',
    dtype: 'float32',
    missing: 'nan',
  }))
}

/** The text whose SHA-256 is the `featureSchemaHash`. */
export function schemaText(schema: readonly FeatureColumn[]): string {
  return canonicalJson(schema)
}

export function schemaTextOfPlan(facts: PlanFacts): string {
  return schemaText(featureSchemaOf(planOf(facts)))
}
