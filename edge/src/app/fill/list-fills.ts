import type { FillRecord } from '@baari/shared/contracts/http/edge-api'
import type { CommandContext } from '../../ports/ledger.ts'
import type { FillTx } from './fill-place.ts'

const most = 200

export type ListInput = { readonly limit: number; readonly cursor: string | null }
export type FillList = {
  readonly fills: readonly FillRecord[]
  readonly nextCursor: string | null
}

/** `fill.list`: newest first; a cursor that is no number begins at the newest. */
export function listFills(
  tx: Pick<FillTx, 'fills'>,
  { limit, cursor }: ListInput,
  _context: CommandContext,
): FillList {
  const before = cursor === null ? null : Number.parseInt(cursor, 36)
  const from = before === null || !Number.isSafeInteger(before) ? null : before
  const { fills, next } = tx.fills.page(Math.max(1, Math.min(most, limit)), from)
  return { fills, nextCursor: next === null ? null : next.toString(36) }
}
