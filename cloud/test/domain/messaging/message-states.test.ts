import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  askedAt,
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
  { kind: 'hopeless' },
  { kind: 'unclear' },
  { kind: 'found' },
  { kind: 'absent', attempts: 1 },
  { kind: 'absent', attempts: attemptsMost },
  { kind: 'receipt' },
  { kind: 'undelivered' },
  { kind: 'over' },
]
const finals: readonly MessageState[] = ['delivered', 'failed', 'expired']

describe('a message on its way', () => {
  it('is sent at most once, whatever happens in whatever order, unless the carrier itself has none of it', () => {
    const any = fc.array(fc.constantFrom(...events), { maxLength: 30 })
    fc.assert(
      fc.property(any, (story) => {
        let state: MessageState = 'waiting'
        let handed = 0
        for (const event of story) {
          const next = nextMessageState(state, event)
          if (state === 'sending' && (next === 'sent' || next === 'unknown')) handed += 1
          if (state === 'unknown' && event.kind === 'absent' && next !== state) handed -= 1
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

  it('of which nobody knows goes again only when the carrier has none of it, four times at most', () => {
    expect(nextMessageState('unknown', { kind: 'taken' })).toBe('unknown')
    expect(nextMessageState('unknown', { kind: 'found' })).toBe('sent')
    expect(nextMessageState('unknown', { kind: 'absent', attempts: 3 })).toBe('waiting')
    expect(nextMessageState('unknown', { kind: 'absent', attempts: attemptsMost })).toBe('failed')
  })

  it('the carrier is asked after fifteen seconds and then ever less often', () => {
    const pauses = [0, 1, 2, 9].map((asked) => askedAt(instant(0), asked))
    expect(pauses).toEqual([seconds(15), seconds(30), seconds(60), minutes(2)])
  })

  it('is tried again after ten, twenty and forty seconds, and never later than two minutes', () => {
    const pauses = [1, 2, 3, 9].map((attempts) => triedAgainAt(instant(0), attempts))
    expect(pauses).toEqual([seconds(10), seconds(20), seconds(40), minutes(2)])
  })
})
