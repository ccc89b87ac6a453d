import { describe, expect, it } from 'vitest'
import { manualClock } from '@baari/shared/testing/manual-clock'
import { SafetyWatch } from '../../../src/app/position/safety-watch.ts'
import type { SafetyReadings } from '../../../src/domain/safety/safety-readings.ts'

function watched() {
  const told: string[] = []
  const inputs = { esd: 'healthy' as 'healthy' | 'tripped' }
  const readings = (): SafetyReadings => ({
    esd: { value: inputs.esd, quality: 'good' },
    gas: [],
    bank: null,
  })
  const watch = new SafetyWatch({
    clock: manualClock(),
    policy: { stopOnLostDetector: true },
    readings,
    allStop: (cause) => told.push(`stop ${cause}`),
    onRecord: (what) => told.push(what),
  })
  return { watch, told, inputs }
}

describe('the watch over the safety inputs', () => {
  it('X01: the stop goes out before the record of the trip, and once', () => {
    const { watch, told, inputs } = watched()
    inputs.esd = 'tripped'
    watch.look()
    watch.look()
    expect(told).toEqual(['stop esd', 'safety.tripped'])
  })
  it('X01: an ESD that was released stays tripped until a person resets it', () => {
    const { watch, inputs } = watched()
    inputs.esd = 'tripped'
    watch.look()
    expect(watch.reset()).toBe(false)
    inputs.esd = 'healthy'
    watch.look()
    expect(watch.tripped().kind).toBe('tripped')
    expect(watch.reset()).toBe(true)
  })
})
