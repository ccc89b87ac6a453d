import { physicalKinds } from '@baari/shared/contracts/sync/ops'
import type { SimCloud } from '../world/sim-cloud.ts'
import type { WorldParts } from '../world/world-parts.ts'

/** A physical fact is applied or flagged, never refused, and nothing waits for another version. */
export function checkVerdicts(world: WorldParts, cloud: SimCloud): void {
  for (const { kind, outcome, seq } of cloud.stores.db.tables.op.values()) {
    const { verdict, code } = outcome
    const physical = (physicalKinds as ReadonlySet<string>).has(kind)
    if (physical && verdict === 'rejected') {
      world.violation('a physical fact is never refused', `${kind} at ${seq}: ${code}`)
    }
    if (verdict === 'deferred') {
      world.violation('the cloud reads every op of its own version', `${kind} at ${seq}: ${code}`)
    }
  }
}
