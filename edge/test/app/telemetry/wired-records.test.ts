import { manualClock } from '@baari/shared/testing/manual-clock'
import { seconds } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { WiredRecords } from '../../../src/app/telemetry/wired-records.ts'
import type { SensorReading } from '../../../src/ports/sensor-reading.ts'
import type { TelemetryRecord } from '../../../src/ports/telemetry.ts'

const bank = (value: number | null, quality: SensorReading['quality'] = 'good'): SensorReading => ({
  ...{ sensor: 'bank-high', name: 'mbar', value, quality },
  lastGood: null,
})

function station() {
  const clock = manualClock()
  const stored: TelemetryRecord[] = []
  let readings: readonly SensorReading[] = [bank(200_000)]
  let full = false
  const wired = new WiredRecords({
    ...{ stationId: 'IN-GJ-0042', boot: 'b1', clock },
    readings: () => readings,
    telemetry: {
      store(records) {
        if (full) return Promise.reject(new Error('the disk is full'))
        stored.push(...records)
        return Promise.resolve({ stored: records.length, repeats: 0, gaps: [] })
      },
    },
  })
  const pass = async (length: number): Promise<void> => {
    for (let second = 0; second < length; second += 1) {
      clock.advance(seconds(1))
      await wired.look().catch(() => undefined)
    }
  }
  const payloads = () =>
    stored.map((one) => (one.kind === 'message' ? [one.seq, JSON.parse(one.payload)] : []))
  return {
    ...{ pass, stored, payloads },
    become: (next: readonly SensorReading[]) => void (readings = next),
    disk: (isFull: boolean) => void (full = isFull),
  }
}

describe('readings by wire as telemetry', () => {
  it('a level that stays is stored every ten seconds, numbered without a gap', async () => {
    const { pass, payloads } = station()
    await pass(30)
    expect(payloads()).toEqual(
      [0, 1, 2].map((seq) => [seq, { q: 'good', live: true, values: { mbar: 200_000 } }]),
    )
  })

  it('X03 a value that is lost is stored at once, as stale and without a number', async () => {
    const { pass, become, payloads } = station()
    await pass(1)
    become([bank(null, 'stale')])
    await pass(1)
    expect(payloads()).toEqual([
      [0, expect.objectContaining({ q: 'good' })],
      [1, { q: 'stale', live: true, values: { mbar: null } }],
    ])
  })

  it('several values of one device are one record, no better than the worst of them', async () => {
    const { pass, become, stored, payloads } = station()
    become([bank(1), { ...bank(2), name: 'mkelvin', quality: 'uncertain' }])
    await pass(1)
    expect(stored).toMatchObject([
      { topic: 'baari/v1/IN-GJ-0042/wired/bank-high/data', device: 'bank-high', boot: 'b1' },
    ])
    expect(payloads()).toEqual([
      [0, { q: 'uncertain', live: true, values: { mbar: 1, mkelvin: 2 } }],
    ])
  })

  it('what could not be stored is made anew and leaves no gap in the numbers', async () => {
    const { pass, disk, payloads } = station()
    disk(true)
    await pass(25)
    disk(false)
    await pass(1)
    expect(payloads()).toEqual([[0, expect.objectContaining({ q: 'good' })]])
  })
})
