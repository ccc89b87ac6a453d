import { millis } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { createTls350Gauge } from '../../src/drivers/tls350/tls350-gauge.ts'
import { allAre, sensorContract } from '../contracts/sensor.contract.ts'
import { gaugeConfig, gaugeOnMemory } from '../rigs/gauge-on-memory.ts'
import { pass } from '../rigs/turn-clock.ts'

sensorContract('tls350 on a memory wire', () => Promise.resolve(gaugeOnMemory()))

async function started(config?: Record<string, unknown>) {
  const subject = gaugeOnMemory(config)
  await subject.sensor.start()
  await subject.eventually(() => allAre(subject.sensor, 'good'), 'good')
  return subject
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1')

describe('what is sent', () => {
  it('only questions: the inventory of the tank, and no function that sets anything', async () => {
    const { sent, clock, gauge } = await started()
    gauge.trouble.silent = true
    await pass(clock, 20_000, 50)
    gauge.trouble.silent = false
    await pass(clock, 20_000, 50)
    expect(new Set(sent)).toEqual(new Set(['\x01i20101', '\x01i20100', '\x01i10100']))
  })
})

describe('what is believed', () => {
  it('S05 a reply that comes late is never taken for the next question’s', async () => {
    const { sensor, gauge, clock, bus } = await started()
    gauge.trouble.delayMs = (nth) => millis(nth % 3 === 0 ? 900 : 20)
    let round = 0
    let answered = clock.mono()
    const wrong: number[] = []
    sensor.onReadings(() => {
      const { volumeMillilitres } = sensor.readings()
      if (volumeMillilitres === undefined || volumeMillilitres.mono === answered) return
      answered = volumeMillilitres.mono
      if (volumeMillilitres.value !== round * 1_000_000) wrong.push(round)
    })
    for (round = 1; round <= 60; round += 1) {
      gauge.setLevels(1, { volume: round * 1_000 })
      await pass(clock, 4_000, 20)
    }
    // A reply made in the round before may still be right for the round it was measured in.
    expect(wrong.length).toBe(0)
    expect(bus.stats().timeouts).toBeGreaterThan(20)
  })

  it.each([
    ['a wrong check value', (text: string) => text.replace(/....\x03$/, 'FFFF\x03')],
    ['a changed digit', (text: string) => text.replace(/4/, '5')],
    ['a torn end', (text: string) => text.slice(0, -4)],
  ])('a reply with %s is refused and never a value', async (_, spoil) => {
    const { sensor, gauge, done } = gaugeOnMemory()
    gauge.trouble.distort = (bytes) => bytesOf(spoil(textOf(bytes)))
    expect(await done(sensor.selfTest())).toMatchObject({ passed: false })
    expect(Object.values(sensor.readings()).every(({ value }) => value === null)).toBe(true)
  })

  it('S02 values that needed a second attempt are uncertain, and good again with the next', async () => {
    const { sensor, gauge, eventually } = await started()
    let lost = 0
    gauge.trouble.distort = (bytes) => {
      lost += 1
      return lost === 1 ? null : bytes
    }
    await eventually(() => allAre(sensor, 'uncertain'), 'uncertain')
    await eventually(() => allAre(sensor, 'good'), 'good again')
  })

  it('values of a probe that the gauge itself distrusts are bad', async () => {
    const { sensor, gauge, eventually } = await started()
    gauge.setStatusBits('0004')
    await eventually(() => allAre(sensor, 'bad'), 'bad')
    gauge.setStatusBits('0001')
    await eventually(() => allAre(sensor, 'good'), 'good while a delivery runs')
  })

  it.each([
    ['volume', -1],
    ['volume', 300_000],
    ['temperature', 150],
    ['height', 20_000],
  ] as const)('a %s of %d is out of every range and bad', async (name, value) => {
    const { sensor, gauge, eventually } = await started()
    gauge.setLevels(1, { [name]: value })
    const bad = () => Object.values(sensor.readings()).filter(({ quality }) => quality === 'bad')
    await eventually(() => bad().length === 1, 'bad')
  })

  it('a gauge set to gallons, inches and °F is read in its measures', async () => {
    const { sensor, gauge, eventually } = gaugeOnMemory({ measures: 'us' })
    gauge.setLevels(1, { volume: 100, height: 10, temperature: 77 })
    await sensor.start()
    await eventually(() => sensor.readings()['heightMicrometres']?.value === 254_000, '10 inches')
    expect(sensor.readings()['volumeMillilitres']?.value).toBe(378_541)
    expect(sensor.readings()['temperatureMillikelvin']?.value).toBe(298_150)
  })
})

describe('gauges that are set up otherwise', () => {
  it('a gauge that does not know the inventory is a fault of its set-up and is not asked in a storm', async () => {
    const { sensor, gauge, clock, sent, eventually } = gaugeOnMemory()
    gauge.forbidInventory(true)
    await sensor.start()
    await eventually(() => sensor.faults().length > 0, 'the fault')
    expect(sensor.faults()[0]?.fault.code).toBe('controller_configuration')
    const before = sent.length
    await pass(clock, 50_000, 50)
    expect(sent.length).toBe(before)
    gauge.forbidInventory(false)
    await eventually(() => allAre(sensor, 'good'), 'good')
    expect(sensor.faults()).toEqual([])
  })

  it('a tank the gauge does not have is a fault that names it', async () => {
    const { bus, clock, eventually } = gaugeOnMemory()
    const parts = { bus, clock, log: () => undefined }
    const sensor = createTls350Gauge(gaugeConfig({ tank: 9 }), parts)
    await sensor.start()
    await eventually(() => sensor.faults().length > 0, 'the fault')
    expect(sensor.faults()[0]?.fault).toMatchObject({ code: 'bad_reading', device: 'tank-1' })
    expect(sensor.faults()[0]?.fault.hint).toContain('tank 09')
    await sensor.dispose('test over')
  })
})
