import type { FaultCode } from '@baari/shared/faults/fault-codes'
import type { Fault } from '@baari/shared/faults/no'

/**
 * How a promise of the {@link Ledger} ends when the disk or the ledger thread failed: nothing of
 * the command was stored, or it was never answered and may be stored. The owner brings the
 * equipment to its safe state, restarts the thread and recovers the fills.
 */
export class LedgerFailure extends Error {
  override readonly name = 'LedgerFailure'
  readonly fault: Fault

  constructor(fault: Fault, cause?: unknown) {
    super(`${fault.code}: ${fault.hint}`, { cause })
    this.fault = fault
  }
}

/** A fault of the ledger as data. `disk_full` and a full queue may be tried again, death may not. */
export function ledgerFault(
  code: FaultCode & ('ledger_failed' | 'disk_full'),
  hint: string,
): Fault {
  return { kind: 'fault', code, device: 'ledger', latching: false, retrySafe: false, hint }
}
