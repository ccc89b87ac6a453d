import type { CallReason } from '@baari/shared/contracts/live/station-view'
import type { Explanation } from '@baari/shared/domain/dispatch/rule'

/** The rule's record as far as the screens show it, and what a manager told beside it. */
export function callReasonOf(
  explanation: Explanation,
  outOfTurn?: CallReason['outOfTurn'],
): CallReason {
  const { step, streak, limit, oldestWalkInWaitMs } = explanation
  const reason = { step, streak, limit, oldestWalkInWaitMs }
  return outOfTurn === undefined ? reason : { ...reason, outOfTurn }
}
