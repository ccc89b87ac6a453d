import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  attemptsMost,
  nextMessageState,
  triedAgainAt,
  type MessageEvent,
  type MessageState,
} from '../../../src/domain/messaging/message-states.ts'
import { instant, minutes, seconds } from '@baari/shared/units/time'

const events: readonly MessageEvent[] = [
  { kind: 'taken' },
  { kind: 'accepted' },
  { kind: 'refused', attempts: 1 },
  { kind: 'refused', attempts: attemptsMost },
  { kind: 'unclear' },
  { kind: 'receipt' },
  { kind: 'undelivered' },
  { kind: 'over' },
]
const finals: readonly MessageState[] = ['delivered', 'failed', 'expired']

describe('a message on its way', () => {
  it('is sent at most once, whatever happens in whatever order', () => {
    const any = fc.array(fc.constantFrom(...events), { maxLength: 30 })
    fc.assert(
      fc.property(any, (story) => {
        let state: MessageState = 'waiting'
        let handed = 0
        for (const event of story) {
          const next = nextMessageState(state, event)
          if (state === 'sending' && (next === 'sent' || next === 'unknown')) handed += 1
          // What ended stays ended.
          if (finals.includes(state)) expect(next).toBe(state)
          state = next
        }
        expect(handed).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('a receipt outranks an answer that never came', () => {
    expect(nextMessageState('sending', { kind: 'receipt' })).toBe('delivered')
    expect(nextMessageState('unknown', { kind: 'receipt' })).toBe('delivered')
  })

  it('is tried again after ten, twenty and forty seconds, and never later than two minutes', () => {
    const pauses = [1, 2, 3, 9].map((attempts) => triedAgainAt(instant(0), attempts))
    expect(pauses).toEqual([seconds(10), seconds(20), seconds(40), minutes(2)])
  })
})
