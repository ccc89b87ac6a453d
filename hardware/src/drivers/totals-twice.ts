import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { grams, type Grams } from '@baari/shared/units/mass'
import type { Mono } from '@baari/shared/units/time'
import type { Totals } from '../ports/dispenser.ts'
import { fault } from '../transports/line-faults.ts'
import { plausibleStep, type MeterLimits } from './live-frame.ts'

/** A totaliser as it was read once; null for a number that cannot be trusted. */
export type TotalRead = {
  readonly grams: Grams | null
  readonly at: Mono
  readonly raw: string
}

/** Pairs of totals read before they are called contradictory. */
const mostPairs = 2

/** The totaliser, read twice: both must agree, or ascend within the meter's flow (hardware.md section 4). */
export async function totalsTwice(
  read: () => Promise<Result<TotalRead, Fault>>,
  { deviceId, limits }: { readonly deviceId: string; readonly limits: MeterLimits },
): Promise<Result<Totals, Fault>> {
  for (let pair = 0; pair < mostPairs; pair += 1) {
    const first = await read()
    if (!first.ok) return first
    const second = await read()
    if (!second.ok) return second
    const [from, to] = [first.value, second.value]
    if (from.grams === null || to.grams === null) {
      return err(fault('bad_reading', deviceId, `total is no number: ${to.raw}`))
    }
    const steps = [
      { grams: from.grams, at: from.at },
      { grams: to.grams, at: to.at },
    ] as const
    if (plausibleStep(steps[0], steps[1], limits)) {
      return ok({ grams: to.grams, widthGrams: grams(limits.widthGrams), raw: to.raw })
    }
  }
  return err(fault('bad_reading', deviceId, 'two readings of the total contradict each other'))
}
