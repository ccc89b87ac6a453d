/**
 * What a scan can be answered with (scenarios.md, vocabulary). ADMIT and LATE claim a use;
 * every other verdict stores a failed scan and names the next step.
 */
export const verdicts = [
  'ADMIT',
  'USED',
  'PRESENT',
  'UNKNOWN',
  'UNREADABLE',
  'CODE_LOCKED',
  'CANCELLED',
  'UNPAID',
  'REVIEW',
  'BLOCKED',
  'REVOKED',
  'FORGED',
  'TOO_EARLY',
  'LATE',
  'NO_SHOW',
  'CYLINDER_EXPIRED',
  'WRONG_CLASS',
  'WRONG_STATION',
  'LANE_RULE',
  'LIMIT',
  'PROMPT',
  'AMBIGUOUS',
  'ERROR',
] as const

export type Verdict = (typeof verdicts)[number]

/** The lamp and the sound that go with a verdict: go, wait or stop (screens.md section 1). */
export type Signal = 'go' | 'wait' | 'stop'

const signals: { readonly [V in Verdict]: Signal } = {
  ADMIT: 'go',
  LATE: 'wait',
  TOO_EARLY: 'wait',
  NO_SHOW: 'wait',
  PROMPT: 'wait',
  AMBIGUOUS: 'wait',
  UNPAID: 'wait',
  PRESENT: 'wait',
  USED: 'stop',
  UNKNOWN: 'stop',
  UNREADABLE: 'stop',
  CODE_LOCKED: 'stop',
  CANCELLED: 'stop',
  REVIEW: 'stop',
  BLOCKED: 'stop',
  REVOKED: 'stop',
  FORGED: 'stop',
  CYLINDER_EXPIRED: 'stop',
  WRONG_CLASS: 'stop',
  WRONG_STATION: 'stop',
  LANE_RULE: 'stop',
  LIMIT: 'stop',
  ERROR: 'stop',
}

export function signalOf(verdict: Verdict): Signal {
  return signals[verdict]
}

/** True for the verdicts that write a check-in and claim a use. */
export function claimsUse(verdict: Verdict): boolean {
  return verdict === 'ADMIT' || verdict === 'LATE'
}
