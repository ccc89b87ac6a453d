import type { Instant } from '@baari/shared/units/time'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { TimeRecord } from '../../ports/sync.ts'

type Tx = Pick<LedgerTx, 'sync'>

export function readTime(tx: Tx, _input: null, _context: CommandContext): TimeRecord {
  return tx.sync.time.read()
}

/** Keeps what an exchange told about the clocks: wall clock minus cloud time. */
export function learnTime(
  tx: Tx,
  input: { readonly serverTime: Instant; readonly clockOffsetMs: number },
  _context: CommandContext,
): null {
  tx.sync.time.saveExchange(input)
  return null
}

/** Written every minute; uncertain time never lowers it. */
export function saveFloor(
  tx: Tx,
  { floor, trusted }: { readonly floor: Instant; readonly trusted: boolean },
  _context: CommandContext,
): null {
  const { floor: before } = tx.sync.time.read()
  if (trusted || floor > before) tx.sync.time.saveFloor(floor)
  return null
}
