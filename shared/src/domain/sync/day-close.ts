import type { DigestSet } from './digest-rows.ts'

export type DayRoot = { readonly set: DigestSet; readonly n: number; readonly root: string }

/** One nozzle's books since its installation, in grams (hardware.md section 7). */
export type MeterBook = {
  readonly position: number
  readonly nozzle: number
  readonly totaliserGrams: number
  readonly installedGrams: number
  /** What the counter lost by passing its width. */
  readonly rolledGrams: number
  readonly settledGrams: number
  readonly orphanGrams: number
  readonly disputedGrams: number
  readonly resetGrams: number
}

export type DayFigures = {
  readonly day: number
  readonly roots: readonly DayRoot[]
  readonly fills: number
  readonly grams: number
  readonly amountPaise: number
  readonly meters: readonly MeterBook[]
}

export type DayClosed = DayFigures & { readonly kid: number; readonly sig: string }

/** UTF-8 text the station's key signs under a day: every figure, in one fixed order. */
export function dayText(station: number, figures: DayFigures): string {
  const { day, roots, fills, grams, amountPaise, meters } = figures
  const lines = [
    'baari-day/1',
    String(station),
    String(day),
    ...[...roots]
      .sort((a, b) => (a.set < b.set ? -1 : 1))
      .map(({ set, n, root }) => `${set}:${n}:${root}`),
    `sold:${fills}:${grams}:${amountPaise}`,
    ...[...meters].sort((a, b) => a.position - b.position || a.nozzle - b.nozzle).map(meterText),
  ]
  return lines.join('\n')
}

function meterText(meter: MeterBook): string {
  const { position, nozzle, totaliserGrams, installedGrams, rolledGrams } = meter
  const { settledGrams, orphanGrams, disputedGrams, resetGrams } = meter
  const counted = [totaliserGrams, installedGrams, rolledGrams].join(':')
  const known = [settledGrams, orphanGrams, disputedGrams, resetGrams].join(':')
  return `meter:${position}:${nozzle}:${counted}:${known}`
}

/**
 * Gas the totaliser counted and the books do not know; 0 when they agree. The dispenser's counter
 * is the third witness: neither the station's rows nor the cloud's can change it.
 */
export function unknownGrams(meter: MeterBook): number {
  const counted = meter.totaliserGrams - meter.installedGrams + meter.rolledGrams
  const { settledGrams, orphanGrams, disputedGrams, resetGrams } = meter
  return counted - (settledGrams + orphanGrams + disputedGrams + resetGrams)
}
