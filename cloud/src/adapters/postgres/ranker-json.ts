import type { Tree, Ensemble } from '@baari/shared/domain/forecast/trees/tree'
import { slotFeatures, type SlotFeatures } from '@baari/shared/domain/recommend/slots/slot-features'
import type { SlotRanker } from '@baari/shared/domain/recommend/slots/slot-ranker'
import { z } from 'zod'
import type { RankerFacts } from '../../domain/recommend/ranker-facts.ts'

/** A ranker and what belongs to it, as rows of `slot_ranker` hold it. */

const numbers = z.array(z.number())
const value = z.number().nullable()
const featureRow = z.object({
  ...{ distanceKm: value, gapMin: value, priceOverCheapestPaise: value, freeRoom: value },
  ...{ loadQ90: value, waitMin: value, habit: value, ratingStars: value, popularity: value },
})

/** Undefined for a row of features that are not those of today. */
export function readFeatures(json: unknown): SlotFeatures | undefined {
  return featureRow.safeParse(json).data
}

const treeRow = z.object({
  ...{ feature: numbers, threshold: numbers, missingLeft: numbers, left: numbers },
  ...{ right: numbers, leafStart: numbers, leafTarget: numbers, leafValue: numbers },
})
const rankerRow = z.object({
  features: z.array(z.string()),
  weights: numbers,
  precision: numbers,
  trees: z
    .object({
      ...{ features: z.array(z.string()), targets: z.int(), base: numbers },
      trees: z.array(treeRow),
    })
    .nullable(),
})

const names = slotFeatures.map(({ name }) => name)

export function rankerJson({ weights, precision, trees }: SlotRanker): string {
  return JSON.stringify({
    ...{ features: names, weights: [...weights], precision: [...precision] },
    trees:
      trees === undefined
        ? null
        : { ...trees, base: [...trees.base], trees: trees.trees.map(treeJson) },
  })
}

function treeJson(tree: Tree): object {
  return Object.fromEntries(Object.entries(tree).map(([key, of]) => [key, Array.from(of)]))
}

/** Undefined for a ranker of other features: then the weighted score serves until the night. */
export function readRanker(json: unknown): SlotRanker | undefined {
  const { data } = rankerRow.safeParse(json)
  if (data === undefined || data.features.join() !== names.join()) return undefined
  const { weights, precision, trees } = data
  if (weights.length !== names.length || precision.length !== names.length ** 2) return undefined
  return {
    weights: Float64Array.from(weights),
    precision: Float64Array.from(precision),
    trees: trees === null ? undefined : ensembleOf(trees),
  }
}

function ensembleOf(of: NonNullable<z.output<typeof rankerRow>['trees']>): Ensemble {
  const trees = of.trees.map((tree): Tree => ({
    feature: Int32Array.from(tree.feature),
    threshold: Float32Array.from(tree.threshold),
    missingLeft: Uint8Array.from(tree.missingLeft),
    left: Int32Array.from(tree.left),
    right: Int32Array.from(tree.right),
    leafStart: Int32Array.from(tree.leafStart),
    leafTarget: Uint16Array.from(tree.leafTarget),
    leafValue: Float32Array.from(tree.leafValue),
  }))
  return { features: of.features, targets: of.targets, base: Float32Array.from(of.base), trees }
}

const factsRow = z.object({
  stations: z.record(
    z.coerce.number(),
    z.object({
      ratings: z.object({ sum: z.number(), count: z.number() }),
      offers: z.object({ taken: z.number(), offered: z.number(), mean: z.number() }),
      loadQ90: z.array(z.number()).length(168).optional(),
    }),
  ),
  meanShare: z.number(),
  takeShare: z.number(),
  speeds: z.object({
    city: z.array(z.number().positive()).length(24),
    cells: z.record(z.templateLiteral([z.number(), ':', z.number()]), z.number()),
    late90: z.number(),
  }),
})

export function readFacts(json: unknown): RankerFacts | undefined {
  const { data } = factsRow.safeParse(json)
  if (data === undefined) return undefined
  const stations = Object.entries(data.stations).map(([no, { loadQ90, ...told }]) => [
    Number(no),
    { ...told, loadQ90 },
  ])
  return { ...data, stations: Object.fromEntries(stations) }
}
