import { describe, expect, it } from 'vitest'
import { companyIn, turnSignal } from '../../../src/adapters/ledger/turn-signal.ts'

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const list = (messages: string[]) => () => messages.shift()

describe('turn signal', () => {
  it('nothing is waited for when no turn is open', () => {
    const { words } = turnSignal()
    const more = companyIn(words, list(['waiting']))
    expect([more(), more()]).toEqual(['waiting', undefined])
  })

  it('a turn is open from its first message until the event loop goes on', async () => {
    const signal = turnSignal()
    const asked: number[] = []
    const more = companyIn(signal.words, () => void asked.push(asked.length))
    signal.posted()
    expect(more()).toBeUndefined()
    // It looked again after a wait: the turn did not end while this thread was here.
    expect(asked.length).toBeGreaterThan(1)
    await nextTurn()
    asked.length = 0
    expect(more()).toBeUndefined()
    expect(asked).toHaveLength(1)
  })

  it('a message that comes while the turn is open ends the wait', () => {
    const signal = turnSignal()
    let looks = 0
    const more = companyIn(signal.words, () => {
      looks += 1
      if (looks === 1) signal.posted()
      return looks > 1 ? 'second' : undefined
    })
    signal.posted()
    expect(more()).toBe('second')
  })

  it('the patience is one for the whole batch', () => {
    const signal = turnSignal()
    signal.posted()
    let looks = 0
    const more = companyIn(signal.words, () => void (looks += 1))
    more()
    looks = 0
    more()
    expect(looks).toBe(1)
  })
})
