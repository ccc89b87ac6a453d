import type { StationNo } from '../../../units/names.ts'
import type { Instant, Millis } from '../../../units/time.ts'
import type { Chance } from '../../forecast/chance.ts'
import { caseSoftmax } from '../case-softmax.ts'
import { explorePlace } from './explore.ts'
import { scoreSlots, type SlotRanker } from './slot-ranker.ts'
import type { SlotFeatures } from './slot-features.ts'
import { slotTable } from './slot-table.ts'

/** A slot with room that may be recommended. */
export type SlotCandidate = {
  readonly station: StationNo
  readonly start: Instant
  readonly features: SlotFeatures
}

export type ShownSlot<C extends SlotCandidate> = C & {
  /** Counted from 1, as the driver reads them. */
  readonly place: number
  readonly propensity: number
  readonly explored: boolean
  /** That the driver takes it, of the slots shown. */
  readonly chance: number
}

export type ShownAsked = {
  readonly ranker: SlotRanker
  /** The station the driver looks at: its slots come first. */
  readonly station: StationNo
  /** Places for its own slots, and for one of each other station. */
  readonly own: number
  readonly others: number
  /** Two slots of the own station nearer than this are no choice. */
  readonly apart: Millis
}

/** What stands below so many is not worth a driver's while, however little is known of it. */
const drawnAmong = 24

/**
 * The slots that are recommended, in the order they are read. The places before the last one of the
 * own station are the best; that one place is Thompson's. Other stations follow with their best slot
 * each. Slots that vehicles on their way may fill (no free room left for sure) come last.
 */
export function shownSlots<C extends SlotCandidate>(
  candidates: readonly C[],
  { ranker, station, own, others, apart }: ShownAsked,
  chance: Chance,
): readonly ShownSlot<C>[] {
  const table = slotTable([
    { options: candidates.map(({ features }) => features), chosen: undefined },
  ])
  const score = scoreSlots(ranker, table)
  const best = [...candidates.keys()].sort(
    (a, b) => held(candidates[a]!) - held(candidates[b]!) || score[b]! - score[a]! || a - b,
  )
  const ofOwn = best.filter((row) => candidates[row]?.station === station)
  const isApart = (row: number, other: number): boolean =>
    Math.abs(candidates[row]!.start - candidates[other]!.start) >= apart
  const first = spaced(ofOwn, Math.max(0, own - 1), isApart)
  const left = ofOwn.filter((row) => first.every((other) => isApart(row, other)))
  const free = left.filter((row) => held(candidates[row]!) === 0)
  const among = (free.length > 0 ? free : left).slice(0, drawnAmong)
  const drawn = own > 0 ? explorePlace({ ranker, table, score, among }, chance) : undefined
  const elsewhere = best.filter((row) => candidates[row]?.station !== station)
  const placed = [
    ...first.map((row) => ({ row, ...certain })),
    ...(drawn === undefined ? [] : [drawn]),
    ...onePerStation(candidates, elsewhere, others).map((row) => ({ row, ...certain })),
  ]
  return withChances(candidates, placed, score)
}

const certain = { propensity: 1, explored: false } as const

type Placed = { readonly row: number; readonly propensity: number; readonly explored: boolean }

function withChances<C extends SlotCandidate>(
  candidates: readonly C[],
  placed: readonly Placed[],
  score: Float64Array,
): readonly ShownSlot<C>[] {
  const chances = caseSoftmax(
    {
      caseStart: Int32Array.of(0, placed.length),
      available: new Uint8Array(placed.length).fill(1),
    },
    Float64Array.from(placed, ({ row }) => score[row]!),
  )
  return placed.map(({ row, propensity, explored }, at) => ({
    ...candidates[row]!,
    ...{ place: at + 1, propensity, explored, chance: chances[at]! },
  }))
}

/** 1 for a slot that those on their way may fill: it is recommended only for want of another. */
function held({ features }: SlotCandidate): number {
  return (features.freeRoom ?? 0) < 1 ? 1 : 0
}

function spaced(
  rows: readonly number[],
  most: number,
  isApart: (row: number, other: number) => boolean,
): readonly number[] {
  const taken: number[] = []
  for (const row of rows) {
    if (taken.length >= most) break
    if (taken.every((other) => isApart(row, other))) taken.push(row)
  }
  return taken
}

function onePerStation(
  all: readonly SlotCandidate[],
  rows: readonly number[],
  most: number,
): readonly number[] {
  const seen = new Set<StationNo>()
  return rows
    .filter((row) => {
      const { station } = all[row]!
      if (seen.has(station)) return false
      seen.add(station)
      return true
    })
    .slice(0, most)
}
