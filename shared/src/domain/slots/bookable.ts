import { grams, noGrams, type Grams } from '../../units/mass.ts'
import {
  milliMinutes,
  perMille,
  shareOf,
  type MilliMinutes,
  type PerMille,
} from '../../units/work.ts'
import { classMilliMinutes } from './booked-work.ts'

/** Length of a cell of the internal grid. */
export const cellMinutes = 5

export type CellWork = {
  /** Working positions with an attendant: C_i of lanes.md section 3. */
  readonly workingPositions: number
  /** Forecast walk-in work inside this cell (W60); absent when no fresh forecast exists. */
  readonly walkIn?: MilliMinutes
}

const usable = perMille(920)
const share = {
  withForecast: perMille(700),
  withoutForecast: perMille(500),
  fewPositions: perMille(350),
} as const
const cellsPerHalfHour = 6

/**
 * Work-minutes of one cell that may be promised: clamp(0.92·C·L − W60, 0, α·C·L). Without a fresh
 * forecast α is 0.50 and W60 is ignored; at one or two positions α is 0.35. At least one car per
 * 30 minutes is sold whatever the formula gives, as long as a position works.
 */
export function bookableWork(cell: CellWork): MilliMinutes {
  const work = cell.workingPositions * cellMinutes * 1000
  if (work === 0) return milliMinutes(0)
  const cap = shareOf(work, alphaOf(cell))
  const left = cell.walkIn === undefined ? work : Math.max(0, shareOf(work, usable) - cell.walkIn)
  const floor = Math.ceil(classMilliMinutes.car / cellsPerHalfHour)
  return milliMinutes(Math.max(floor, Math.min(left, cap)))
}

function alphaOf({ workingPositions, walkIn }: CellWork): PerMille {
  if (workingPositions <= 2) return share.fewPositions
  return walkIn === undefined ? share.withoutForecast : share.withForecast
}

export type CellGas = {
  readonly compressorGramsPerHour: Grams
  /** Cascade gas above the target pressure that this cell may draw. */
  readonly cascade: Grams
  readonly walkIn: Grams
}

/** Gas of one cell that may be promised: 0.9·(compressor·L + cascade) − walk-ins (product.md 7.1). */
export function bookableGas({ compressorGramsPerHour, cascade, walkIn }: CellGas): Grams {
  const made = Math.floor((compressorGramsPerHour * cellMinutes) / 60)
  const left = shareOf(made + cascade, perMille(900)) - walkIn
  return left > 0 ? grams(left) : noGrams
}
