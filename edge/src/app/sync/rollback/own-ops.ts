import { fillId } from '@baari/shared/units/names'
import type { LocalOp } from '../../../ports/rollback.ts'
import { factKey, type FetchedFacts } from './fetched-facts.ts'

/** Kinds that a file writes about itself; the epoch that follows has its own. */
const ofTheEpoch = new Set(['entity', 'epoch.opened'])
const endsOfGas = new Set(['fill.settled', 'fill.disputed', 'fill.voided'])

/**
 * Which of the ops that only this file holds are told in the epoch that follows. Dropped is what
 * was told before, and what this file said only because it had forgotten: another end of a fill or
 * a shift that had ended, a no-show of somebody who came. Gas that was nobody's is told anew, with
 * what is left of it. Everything else is a fact, also where it contradicts: a person decides.
 */
export function opsToTell(local: readonly LocalOp[], fetched: FetchedFacts): readonly LocalOp[] {
  return local.filter((op) => {
    const uuid = op.entity?.uuid ?? ''
    if (ofTheEpoch.has(op.kind) || op.kind === 'fill.orphan') return false
    if (fetched.told.has(factKey(op))) return false
    if (endsOfGas.has(op.kind) || op.kind === 'shift.closed') return !fetched.ended.has(uuid)
    return op.kind !== 'booking.no_show' || !fetched.cameIn.has(uuid)
  })
}

/** Fills and orphans whose gas this file counted while it had forgotten whose it was. */
export function coveringPieces(
  local: readonly LocalOp[],
  { ended }: FetchedFacts,
): readonly ReturnType<typeof fillId>[] {
  return local.flatMap(({ kind, entity }) => {
    if (entity === null) return []
    const wrongEnd = endsOfGas.has(kind) && kind !== 'fill.voided' && ended.has(entity.uuid)
    return kind === 'fill.orphan' || wrongEnd ? [fillId(entity.uuid)] : []
  })
}
