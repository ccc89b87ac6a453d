import { pause, type Clock } from '@baari/shared/runtime/clock'
import type { Grams } from '@baari/shared/units/mass'
import type { Millis } from '@baari/shared/units/time'
import type { FillState, SaleFact } from '../../domain/fill/fill-states.ts'
import type { NozzleDevice } from '../../ports/nozzle-device.ts'

export type ClosingTotals = {
  readonly totaliserGrams: Grams
  readonly sale: SaleFact | null
  readonly raw: string
}

/** A device writes its own sale a moment after it closes the valve. */
const tries = 5

/**
 * The totals at the end of a sale, with the device's own record of it. A record that is still the
 * one before is asked for again, a few times; null when the device cannot be read.
 */
export async function readClosingTotals(
  device: NozzleDevice,
  {
    state,
    clock,
    retryMs,
  }: { readonly state: FillState; readonly clock: Clock; readonly retryMs: Millis },
): Promise<ClosingTotals | null> {
  const before = sequenceBefore(state)
  for (let attempt = 1; ; attempt += 1) {
    const totals = await device.totals()
    const sale = await device.lastSale()
    if (!totals.ok || !sale.ok) return null
    const { grams: totaliserGrams, raw } = totals.value
    const late =
      before !== null &&
      sale.value?.sequence === before.sequence &&
      totaliserGrams !== before.openingGrams
    if (!late || attempt === tries) return { totaliserGrams, sale: sale.value, raw }
    await pause(clock, { name: `sale record of ${device.id}`, delay: retryMs })
  }
}

function sequenceBefore(state: FillState) {
  if (!('open' in state) || state.open === null) return null
  const { deviceSequence, openingGrams } = state.open.intent
  return deviceSequence === null ? null : { sequence: deviceSequence, openingGrams }
}
