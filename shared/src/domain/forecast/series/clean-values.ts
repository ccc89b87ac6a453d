import { dayMs } from './demand-table.ts'

/** What was put aside as unknown, counted by its reason. */
export type Cleaned = {
  readonly negative: number
  readonly outlier: number
  readonly hole: number
}

/** A day below this share of the usual one is silent. */
const silentShare = 0.1
/** So many silent days in a row are a hole in the recording, not missing demand. */
const silentDaysMin = 4
/** Below this usual day, silence is plausible. */
const usualDayMin = 20

/** What a value must not pass: learned from the history, then held against actuals as well. */
export type Limits = { readonly valueMax: number }

/**
 * A value is an outlier above four times the 98 % quantile of the positive values, and ten more
 * where values are whole: beyond any rush, and common only where a counter ran wild.
 */
export function limitsOf(values: Float64Array): Limits {
  const positive = values.filter((value) => value > 0).sort()
  if (positive.length < 50) return { valueMax: Number.POSITIVE_INFINITY }
  const high = positive[Math.floor(0.98 * positive.length)]!
  const whole = positive.every((value) => Number.isInteger(value))
  return { valueMax: 4 * high + (whole ? 10 : 0) }
}

/** Puts negative values and outliers aside as unknown, in place. */
export function clearImplausible(
  values: Float64Array,
  { valueMax }: Limits,
): Omit<Cleaned, 'hole'> {
  let negative = 0
  let outlier = 0
  for (let cell = 0; cell < values.length; cell += 1) {
    if (values[cell]! < 0) negative += 1
    else if (values[cell]! > valueMax) outlier += 1
    else continue
    values[cell] = Number.NaN
  }
  return { negative, outlier }
}

/**
 * Puts holes of the recording aside: at least four days in a row with less than a tenth of the
 * usual day, in a series whose usual day has at least twenty. Only whole past days are judged.
 * @returns cells put aside
 */
export function clearHoles(values: Float64Array, stepMs: number): number {
  const perDay = Math.max(1, Math.round(dayMs / stepMs))
  const days = Math.floor(values.length / perDay)
  const totals = new Float64Array(days)
  for (let day = 0; day < days; day += 1) totals[day] = dayTotal(values, day * perDay, perDay)
  const usual = medianOf(totals.filter((total) => total > 0))
  if (!(usual >= usualDayMin)) return 0
  let cleared = 0
  let run = 0
  for (let day = 0; day <= days; day += 1) {
    if (day < days && !(totals[day]! >= silentShare * usual)) {
      run += 1
      continue
    }
    if (run >= silentDaysMin) cleared += clear(values, (day - run) * perDay, day * perDay)
    run = 0
  }
  return cleared
}

/** NaN when nothing of the day is known. */
function dayTotal(values: Float64Array, from: number, perDay: number): number {
  let total = Number.NaN
  for (let cell = from; cell < from + perDay; cell += 1) {
    const value = values[cell]!
    if (!Number.isNaN(value)) total = (Number.isNaN(total) ? 0 : total) + value
  }
  return total
}

function clear(values: Float64Array, from: number, to: number): number {
  let cleared = 0
  for (let cell = from; cell < to; cell += 1) {
    if (!Number.isNaN(values[cell]!)) cleared += 1
    values[cell] = Number.NaN
  }
  return cleared
}

function medianOf(values: Float64Array): number {
  return values.sort()[Math.floor(values.length / 2)] ?? Number.NaN
}
