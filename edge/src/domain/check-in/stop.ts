import type { Verdict } from '@baari/shared/domain/check-in/verdict'

/** Values that the verdict's sentence names. */
export type VerdictFacts = Readonly<Record<string, string | number>>

/** A reason not to admit now. */
export type Stop = { readonly verdict: Verdict; readonly facts: VerdictFacts }

export function stop(verdict: Verdict, facts: VerdictFacts = {}): Stop {
  return { verdict, facts }
}
