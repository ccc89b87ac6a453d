import type { CallReason } from '@baari/shared/contracts/live/station-view'
import type { Explanation, RuleStep } from '@baari/shared/domain/dispatch/rule'

/** The rule's steps in the words of the screens. */
const steps: { readonly [S in RuleStep]: CallReason['step'] } = {
  interrupted: 'head-of-line',
  'only-booked': 'only-queue',
  'only-walk-in': 'only-queue',
  'booked-too-early': 'early-booking',
  'streak-limit': 'walk-in-turn',
  'booked-turn': 'booked-turn',
  override: 'override',
}

export function callReasonOf(explanation: Explanation): CallReason {
  const { step, streak, limit, oldestWalkInMs, waitingWalkIn } = explanation
  return {
    step: steps[step],
    streak,
    limit,
    oldestWalkInWaitMs: waitingWalkIn === 0 ? null : oldestWalkInMs,
  }
}
