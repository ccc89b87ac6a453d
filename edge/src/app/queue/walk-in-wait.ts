import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { VehicleClass } from '@baari/shared/units/names'

export type WalkInWait = { readonly medianMs: number; readonly p90Ms: number }

/** Half of the vehicles that come to our stations are autos: the board speaks for them. */
export const boardClass: VehicleClass = 'auto'

/**
 * The last quote for a class, a few seconds old at most: playing the queue forward takes longer
 * than a scan may wait, so the quoter does it beside the ledger thread.
 */
export function walkInWait(tx: Pick<LedgerTx, 'queue'>, vehicleClass: VehicleClass): WalkInWait {
  const quote = tx.queue.quotes().find((one) => one.vehicleClass === vehicleClass)
  return { medianMs: quote?.medianMs ?? 0, p90Ms: quote?.p90Ms ?? 0 }
}
