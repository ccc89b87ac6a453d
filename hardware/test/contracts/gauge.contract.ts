import { afterEach, describe, expect, it } from 'vitest'
import type { Gauge } from '../../src/ports/gauge.ts'
import type { LineTrouble } from '../../src/simulators/line-trouble.ts'

/** A gauge under test with the device behind it. */
export type GaugeSubject = {
  readonly sensor: Gauge
  /** Troubles of the device's end of the line. */
  readonly trouble: LineTrouble
  /** The values the device measures now, by the sensor's names. */
  readonly truth: () => Readonly<Record<string, number>>
  /** The device measures something it cannot mean: NaN, or a value out of range. */
  readonly measureNonsense: () => void
  readonly done: <T>(promise: Promise<T>) => Promise<T>
  readonly eventually: (condition: () => boolean, what: string) => Promise<void>
  readonly dispose: () => Promise<void>
}

/** What every gauge promises (ports/gauge.ts). */
export function gaugeContract(name: string, make: () => Promise<GaugeSubject>): void {
  describe(`gauge: ${name}`, () => {
    let subject: GaugeSubject | null = null
    afterEach(async () => {
      await subject?.sensor.dispose('test over')
      await subject?.dispose()
      subject = null
    })

    async function made(): Promise<GaugeSubject> {
      subject = await make()
      return subject
    }

    async function ready() {
      const one = await made()
      await one.sensor.start()
      await one.eventually(() => allAre(one.sensor, 'good'), 'good')
      return one
    }

    it('every name is known before the first answer, and its value is stale and none', async () => {
      const { sensor } = await made()
      const names = Object.keys(sensor.readings())
      expect(names.length).toBeGreaterThan(0)
      expect(names).toEqual(Object.keys(sensor.limits()))
      expect(allAre(sensor, 'stale')).toBe(true)
      expect(Object.values(sensor.readings()).every(({ value }) => value === null)).toBe(true)
    })

    it('its values are what the device measures, as whole numbers within their limits', async () => {
      const { sensor, truth } = await ready()
      const values = Object.entries(sensor.readings()).map(([key, { value }]) => [key, value])
      expect(Object.fromEntries(values)).toEqual(truth())
      for (const [key, { low, high }] of Object.entries(sensor.limits())) {
        const value = sensor.readings()[key]?.value ?? Number.NaN
        expect(Number.isSafeInteger(value)).toBe(true)
        expect(value).toBeGreaterThanOrEqual(low)
        expect(value).toBeLessThanOrEqual(high)
      }
    })

    it('whoever listens hears of every answer', async () => {
      const { sensor, eventually } = await ready()
      let heard = 0
      const end = sensor.onReadings(() => (heard += 1))
      await eventually(() => heard >= 2, 'two answers')
      end()
    })

    it('M03 nonsense is bad, is told as a fault, keeps the last good value, and ends by itself', async () => {
      const { sensor, measureNonsense, eventually, truth } = await ready()
      const before = truth()
      const faults: string[] = []
      sensor.onFault(({ fault }) => faults.push(fault.code))
      measureNonsense()
      const bad = () =>
        Object.entries(sensor.readings()).find(([, { quality }]) => quality === 'bad')
      await eventually(() => bad() !== undefined, 'bad')
      const [key = '', reading] = bad() ?? []
      expect(reading).toMatchObject({ value: null, lastGood: { value: before[key] } })
      expect(faults).toEqual(['bad_reading'])
      expect(sensor.faults().map(({ fault }) => fault.code)).toEqual(['bad_reading'])
    })

    it('S09 a silent device is stale with its last good values, and comes back', async () => {
      const { sensor, trouble, eventually, truth } = await ready()
      const before = truth()
      trouble.silent = true
      await eventually(() => allAre(sensor, 'stale'), 'stale')
      for (const [key, reading] of Object.entries(sensor.readings())) {
        expect(reading).toMatchObject({ value: null, lastGood: { value: before[key] } })
      }
      expect(sensor.health().state).toBe('offline')
      trouble.silent = false
      await eventually(() => allAre(sensor, 'good'), 'good again')
      expect(sensor.faults()).toEqual([])
    })

    it('passes its self-test', async () => {
      const { sensor, done } = await ready()
      expect(await done(sensor.selfTest())).toMatchObject({ passed: true })
    })
  })
}

export function allAre(sensor: Gauge, quality: string): boolean {
  return Object.values(sensor.readings()).every((reading) => reading.quality === quality)
}
