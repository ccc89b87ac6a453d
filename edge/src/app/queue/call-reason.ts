import type { CallReason } from '@baari/shared/contracts/live/station-view'
import type { Explanation } from '@baari/shared/domain/dispatch/rule'

/** The rule's record as far as the screens show it. */
export function callReasonOf(explanation: Explanation): CallReason {
  const { step, streak, limit, oldestWalkInWaitMs } = explanation
  return { step, streak, limit, oldestWalkInWaitMs }
}
