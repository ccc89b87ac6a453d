import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  nextUseState,
  type UseEvent,
  type UseState,
} from '../../../src/domain/check-in/use-states.ts'

const table: readonly [UseState, UseEvent, string][] = [
  ['claimed', 'claim', 'token_in_use'],
  ['claimed', 'release', 'released'],
  ['claimed', 'redeem', 'redeemed'],
  ['released', 'claim', 'claimed'],
  ['released', 'release', 'released'],
  ['released', 'redeem', 'redeemed'],
  ['redeemed', 'claim', 'already_redeemed'],
  ['redeemed', 'release', 'undo_after_gas'],
  ['redeemed', 'redeem', 'redeemed'],
]

describe('the states of a use', () => {
  it.each(table)('a %s use answers %s with %s', (state, event, expected) => {
    const step = nextUseState(state, event)
    expect(step.ok ? step.value : step.error.code).toBe(expected)
  })

  it('a redeemed use stays redeemed whatever follows', () => {
    const events = fc.array(fc.constantFrom<UseEvent>('claim', 'release', 'redeem'))
    fc.assert(
      fc.property(events, (sequence) => {
        const end = sequence.reduce<UseState>((state, event) => {
          const step = nextUseState(state, event)
          return step.ok ? step.value : state
        }, 'redeemed')
        expect(end).toBe('redeemed')
      }),
    )
  })
})
