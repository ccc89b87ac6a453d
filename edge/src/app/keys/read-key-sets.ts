import type { CommandContext } from '../../ports/ledger.ts'
import type { KeySetRow, KeySetSlot } from '../../ports/key-sets.ts'

/** Key sets newer than the one held, for the control thread to verify. */
export function readKeySets(
  tx: KeySetSlot,
  { above }: { readonly above: number },
  _context: CommandContext,
): readonly KeySetRow[] {
  return tx.keySets.above(above)
}
