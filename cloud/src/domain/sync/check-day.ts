import {
  unknownGrams,
  type DayClosed,
  type DayRoot,
  type MeterBook,
} from '@baari/shared/domain/sync/day-close'

/** What this cloud holds of the same day, made from its own rows. */
export type OwnDay = {
  readonly signed: boolean
  readonly roots: readonly DayRoot[]
  readonly fills: number
  readonly grams: number
  readonly amountPaise: number
  /** All grams sold at each position up to the closing op. */
  readonly soldByPosition: ReadonlyMap<number, number>
}

/**
 * Holds a signed day against our own rows and against the dispensers' counters. Each difference is
 * one word that a person finds in the conflict list; none means that three witnesses agree.
 */
export function checkDay(told: DayClosed, own: OwnDay): readonly string[] {
  const found: string[] = []
  if (!own.signed) found.push('signature')
  const ours = new Map(own.roots.map((root) => [root.set, root]))
  for (const { set, n, root } of told.roots) {
    const mine = ours.get(set)
    if (mine?.root !== root || mine.n !== n) found.push(`root ${set}`)
  }
  if (told.fills !== own.fills) found.push('fills')
  if (told.grams !== own.grams) found.push('grams')
  if (told.amountPaise !== own.amountPaise) found.push('amount')
  return [...found, ...meterDifferences(told.meters, own.soldByPosition)]
}

function meterDifferences(
  meters: readonly MeterBook[],
  sold: OwnDay['soldByPosition'],
): readonly string[] {
  const found = meters
    .filter((meter) => unknownGrams(meter) !== 0)
    .map(({ position, nozzle }) => `totaliser ${position}/${nozzle}`)
  const settled = new Map<number, number>()
  for (const { position, settledGrams } of meters) {
    settled.set(position, (settled.get(position) ?? 0) + settledGrams)
  }
  for (const [position, grams] of settled) {
    if ((sold.get(position) ?? 0) !== grams) found.push(`sold at ${position}`)
  }
  return found
}
