import type { CallReason } from '@baari/shared/contracts/live/station-view'
import type { Explanation } from '@baari/shared/domain/dispatch/rule'

/** The part of the rule's own record that the screens show. */
export function callReasonOf(explanation: Explanation): CallReason {
  const { step, streak, limit, oldestWalkInWaitMs } = explanation
  return { step, streak, limit, oldestWalkInWaitMs }
}
