import { afterEach, describe, expect, it } from 'vitest'
import type { Sensor } from '../../src/ports/sensor.ts'

/** A sensor under test with the device behind it. */
export type SensorSubject = {
  readonly sensor: Sensor
  /** The values the device measures now, by the sensor's names. */
  readonly truth: () => Readonly<Record<string, number>>
  /** It measures what it cannot mean: a cut wire, NaN, a value out of range; or measures again. */
  readonly nonsense: (on: boolean) => void
  /** The device's end of the line falls silent, or speaks again. */
  readonly silence: (silent: boolean) => void
  /** The next reply is damaged once. */
  readonly damageNext: () => void
  readonly done: <T>(promise: Promise<T>) => Promise<T>
  readonly eventually: (condition: () => boolean, what: string) => Promise<void>
  readonly dispose: () => Promise<void>
}

/** What every sensor promises (ports/sensor.ts). */
export function sensorContract(name: string, make: () => Promise<SensorSubject>): void {
  describe(`sensor: ${name}`, () => {
    let subject: SensorSubject | null = null
    afterEach(async () => {
      await subject?.sensor.dispose('test over')
      await subject?.dispose()
      subject = null
    })

    async function made(): Promise<SensorSubject> {
      subject = await make()
      return subject
    }

    async function ready(): Promise<SensorSubject> {
      const one = await made()
      await one.sensor.start()
      await one.eventually(() => allAre(one.sensor, 'good'), 'good')
      return one
    }

    it('X03 every name is known before the first answer, and its value is stale and none', async () => {
      const { sensor } = await made()
      const names = Object.keys(sensor.readings())
      expect(names.length).toBeGreaterThan(0)
      expect(names).toEqual(Object.keys(sensor.limits()))
      expect(allAre(sensor, 'stale')).toBe(true)
      expect(Object.values(sensor.readings()).every(({ value }) => value === null)).toBe(true)
    })

    it('its values are what the device measures, as whole numbers within their limits', async () => {
      const { sensor, truth } = await ready()
      const readings = Object.entries(sensor.readings())
      expect(Object.fromEntries(readings.map(([key, { value }]) => [key, value]))).toEqual(truth())
      expect(readings.every(([, { source }]) => source === sensor.id)).toBe(true)
      expect(sensor.health().state).toBe('online')
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

    it('X02 M03 nonsense is bad, is told as a fault once, keeps the last good value, and ends by itself', async () => {
      const { sensor, nonsense, eventually, truth } = await ready()
      const before = truth()
      const faults: string[] = []
      sensor.onFault(({ fault }) => faults.push(fault.code))
      nonsense(true)
      const bad = () =>
        Object.entries(sensor.readings()).find(([, { quality }]) => quality === 'bad')
      await eventually(() => bad() !== undefined, 'bad')
      const [key = '', reading] = bad() ?? []
      expect(reading).toMatchObject({ value: null, lastGood: { value: before[key] } })
      let answers = 0
      sensor.onReadings(() => (answers += 1))
      await eventually(() => answers >= 3, 'more nonsense')
      expect(faults).toEqual(['bad_reading'])
      expect(sensor.faults().map(({ fault }) => fault.code)).toEqual(['bad_reading'])
      nonsense(false)
      await eventually(() => allAre(sensor, 'good'), 'good again')
      expect(sensor.faults()).toEqual([])
    })

    it('X03 S09 a silent device is stale with its last good values, and comes back', async () => {
      const { sensor, silence, eventually, truth } = await ready()
      const before = truth()
      silence(true)
      await eventually(() => allAre(sensor, 'stale'), 'stale')
      await eventually(() => sensor.health().state === 'offline', 'offline')
      for (const [key, reading] of Object.entries(sensor.readings())) {
        expect(reading).toMatchObject({ value: null, lastGood: { value: before[key] } })
      }
      silence(false)
      await eventually(() => allAre(sensor, 'good'), 'good again')
      expect(sensor.faults()).toEqual([])
    })

    it('S02 values that needed a second attempt are uncertain, and good with the next', async () => {
      const { sensor, damageNext, eventually } = await ready()
      let doubted = false
      sensor.onReadings(() => (doubted ||= allAre(sensor, 'uncertain')))
      damageNext()
      await eventually(() => doubted, 'uncertain')
      await eventually(() => allAre(sensor, 'good'), 'good again')
    })

    it('passes its self-test', async () => {
      const { sensor, done } = await ready()
      expect(await done(sensor.selfTest())).toMatchObject({ passed: true })
    })
  })
}

export function allAre(sensor: Sensor, quality: string): boolean {
  return Object.values(sensor.readings()).every((reading) => reading.quality === quality)
}
