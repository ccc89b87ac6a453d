import { afterEach, describe, expect, it } from 'vitest'
import type { Reading } from '../../src/ports/reading.ts'
import type { Sensor } from '../../src/ports/sensor.ts'

export type SensorSubject = {
  /** Millibar, 0 to 300,000, stale after a second. */
  readonly sensor: Sensor
  /** The instrument's current; 0 is a cut wire. */
  readonly current: (microamps: number) => void
  /** The instrument's end of the line falls silent, or speaks again. */
  readonly silence: (silent: boolean) => void
  /** The next reply is damaged once. */
  readonly damageNext: () => void
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

    async function ready(microamps = 12_000) {
      const made = await make()
      subject = made
      made.current(microamps)
      const reading = (): Reading<number> | undefined => made.sensor.readings()['mbar']
      const heard: Reading<number>[] = []
      made.sensor.onReading((one) => heard.push(one))
      await made.sensor.start()
      return { ...made, reading, heard }
    }

    it('X03 before the first answer the reading is stale and has no value', async () => {
      const made = await make()
      subject = made
      expect(made.sensor.readings()['mbar']).toMatchObject({ value: null, quality: 'stale' })
    })

    it.each([
      [4_000, 0],
      [12_000, 150_000],
      [20_000, 300_000],
    ])('a current of %d uA is %d mbar', async (microamps, mbar) => {
      const { reading, sensor, eventually } = await ready(microamps)
      await eventually(() => reading()?.quality === 'good', 'a good reading')
      expect(reading()).toMatchObject({ value: mbar, source: sensor.id })
      expect(sensor.health().state).toBe('online')
      expect(sensor.limits()).toEqual({ low: 0, high: 300_000 })
    })

    it('X02 a cut wire is bad, raises a fault, and never reads as an empty bank', async () => {
      const { reading, sensor, current, eventually, heard } = await ready()
      await eventually(() => reading()?.quality === 'good', 'a good reading')
      current(0)
      await eventually(() => reading()?.quality === 'bad', 'the cut wire')
      expect(reading()).toMatchObject({ value: null, lastGood: { value: 150_000 } })
      expect(sensor.faults().map(({ fault }) => fault.code)).toEqual(['bad_reading'])
      expect(heard.every(({ value }) => value !== 0)).toBe(true)
      current(12_000)
      await eventually(() => reading()?.quality === 'good', 'the wire is mended')
      expect(sensor.faults()).toEqual([])
    })

    it('X03 a silent instrument is stale with its last good value, and comes back', async () => {
      const { reading, sensor, silence, eventually } = await ready()
      await eventually(() => reading()?.quality === 'good', 'a good reading')
      silence(true)
      await eventually(() => reading()?.quality === 'stale', 'stale')
      await eventually(() => sensor.health().state === 'offline', 'offline')
      expect(reading()).toMatchObject({ value: null, lastGood: { value: 150_000 } })
      silence(false)
      await eventually(() => reading()?.quality === 'good', 'good again')
      expect(sensor.faults()).toEqual([])
    })

    it('S02 a value that needed a second attempt is uncertain, and good with the next', async () => {
      const { reading, damageNext, eventually, heard } = await ready()
      await eventually(() => reading()?.quality === 'good', 'a good reading')
      damageNext()
      await eventually(() => heard.some(({ quality }) => quality === 'uncertain'), 'uncertain')
      await eventually(() => reading()?.quality === 'good', 'good again')
    })
  })
}
