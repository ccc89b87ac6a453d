import { describe, expect, it } from 'vitest'
import { streamOrder } from '../../../src/domain/sync/stream-order.ts'

const turns = (count: number) => Array.from({ length: count }, (_, n) => streamOrder(n + 1))

describe('order of the streams', () => {
  it('priority is strict: the ledger first, then alarms, states and telemetry', () => {
    expect(streamOrder(1)).toEqual(['ledger', 'alarm', 'state', 'telemetry'])
  })

  it('one batch in twenty is kept for the lower streams, each of them in its turn', () => {
    const first = turns(240).map(([stream]) => stream)
    const share = (stream: string): number => first.filter((one) => one === stream).length
    expect(share('ledger')).toBe(228)
    expect([share('alarm'), share('state'), share('telemetry')]).toEqual([4, 4, 4])
  })

  it('every turn asks every stream once, so nothing waits while there is room', () => {
    for (const order of turns(120))
      expect([...order].sort()).toEqual(['alarm', 'ledger', 'state', 'telemetry'])
  })

  it('after its own stream a kept batch goes by priority', () => {
    expect(streamOrder(60)).toEqual(['telemetry', 'ledger', 'alarm', 'state'])
  })
})
