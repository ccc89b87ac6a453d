import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'

/**
 * Life of one use of a booking (architecture.md, Tokens): a scan claims it, the first gram redeems
 * it, and skip-close, void, undo or leaving release it. Redeemed is for ever.
 */
export type UseState = 'claimed' | 'released' | 'redeemed'
export type UseEvent = 'claim' | 'release' | 'redeem'

type Step = Result<UseState, Refusal>

const taken: Step = err(refusal('token_in_use'))
const gasFlowed: Step = err(refusal('undo_after_gas'))
const used: Step = err(refusal('already_redeemed'))

/**
 * A repeated release or redeem is harmless, so that a replayed event changes nothing. Gas that
 * flowed for a released use still redeems it: a physical fact outranks a decision.
 */
const rules: { readonly [S in UseState]: { readonly [E in UseEvent]: Step } } = {
  claimed: { claim: taken, release: ok('released'), redeem: ok('redeemed') },
  released: { claim: ok('claimed'), release: ok('released'), redeem: ok('redeemed') },
  redeemed: { claim: used, release: gasFlowed, redeem: ok('redeemed') },
}

export function nextUseState(state: UseState, event: UseEvent): Step {
  return rules[state][event]
}
