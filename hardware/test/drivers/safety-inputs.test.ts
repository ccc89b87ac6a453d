import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { manualClock } from '@baari/shared/testing/manual-clock'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loopSensorConfigSchema } from '../../src/drivers/modbus-4-20/manifest.ts'
import { loopValue, microampsOf } from '../../src/drivers/modbus-4-20/loop-value.ts'
import { createGpioStop } from '../../src/drivers/stop-input/gpio-stop.ts'
import { gpioStopConfigSchema } from '../../src/drivers/stop-input/manifest.ts'
import { sensorContract } from '../contracts/sensor.contract.ts'
import { stopInputContract } from '../contracts/stop-input.contract.ts'
import { scratchFolder } from '../rigs/foreign-program.ts'
import { sensorOn, simulatedModule, stopInputOn, turning } from '../rigs/input-module.ts'
import { memoryBus } from '../rigs/memory-bus.ts'

function onMemory() {
  const module = simulatedModule()
  const { bus, clock } = memoryBus([module.device])
  const context = { clock, log: () => undefined }
  const done = <T>(promise: Promise<T>): Promise<T> => promise
  const around = { eventually: turning(clock), done, dispose: () => bus.close() }
  return { module, place: { bus, context }, around }
}

sensorContract('modbus-4-20 on a memory wire', () => {
  const { module, place, around } = onMemory()
  return Promise.resolve(sensorOn(place, module, around))
})

stopInputContract('modbus-stop on a memory wire', () => {
  const { module, place, around } = onMemory()
  return Promise.resolve(stopInputOn(place, module, around))
})

stopInputContract('gpio-stop on the kernel’s files', () => {
  const clock = manualClock()
  const folder = scratchFolder()
  const line = join(folder.path, 'gpio17')
  const value = (text: string): void => {
    mkdirSync(line, { recursive: true })
    writeFileSync(join(line, 'value'), text)
  }
  const config = gpioStopConfigSchema.parse({
    id: 'esd',
    active: 'open',
    line: 17,
    folder: folder.path,
  })
  let closed = false
  return Promise.resolve({
    input: createGpioStop(config, { clock, log: () => undefined }),
    contact(now: boolean) {
      closed = now
      value(now ? '1\n' : '0\n')
    },
    lose: (lost: boolean) => value(lost ? '?' : closed ? '1\n' : '0\n'),
    eventually: turning(clock),
    dispose: () => {
      rmSync(folder.path, { recursive: true })
      return Promise.resolve()
    },
  })
})

describe('a 4-20 mA instrument', () => {
  it.each([
    [4_000, 0],
    [12_000, 150_000],
    [20_000, 300_000],
  ])('a current of %d uA is %d mbar', async (microamps, mbar) => {
    const { module, place, around } = onMemory()
    const { sensor, eventually } = sensorOn(place, module, around)
    module.current(microamps)
    await sensor.start()
    await eventually(() => sensor.readings()['mbar']?.value === mbar, `${mbar} mbar`)
    expect(sensor.limits()).toEqual({ mbar: { low: 0, high: 300_000 } })
    await sensor.dispose('test over')
    await around.dispose()
  })

  it('X02 a cut wire never reads as an empty bank', async () => {
    const { module, place, around } = onMemory()
    const { sensor, eventually } = sensorOn(place, module, around)
    const values = new Set<number | null>()
    sensor.onReadings(() => values.add(sensor.readings()['mbar']?.value ?? null))
    await sensor.start()
    await eventually(() => values.has(150_000), 'a good reading')
    module.current(0)
    await eventually(() => sensor.readings()['mbar']?.quality === 'bad', 'the cut wire')
    expect([...values]).toEqual([150_000, null])
    await sensor.dispose('test over')
    await around.dispose()
  })
})

describe('a 4-20 mA loop', () => {
  const scale = { zeroCount: 4_000, fullCount: 20_000 }
  const lel = { scale, limits: { low: 0, high: 100 }, unit: 'pct_lel' } as const

  it.each([
    [0, null, 'bad'],
    [3_599, null, 'bad'],
    [3_600, 0, 'uncertain'],
    [3_800, 0, 'good'],
    [4_000, 0, 'good'],
    [10_400, 40, 'good'],
    [20_500, 100, 'good'],
    [20_501, 100, 'uncertain'],
    [21_000, 100, 'uncertain'],
    [21_001, null, 'bad'],
    [65_535, null, 'bad'],
  ])('X02 %d uA of a gas detector is %s, %s', (microamps, value, quality) => {
    expect(loopValue(microamps, lel)).toMatchObject({ value, quality })
  })

  it('X02 just above 39 per cent of the limit reads as 40: a concentration is rounded up', () => {
    expect(loopValue(10_241, lel)).toMatchObject({ value: 40 })
  })

  it('a module that counts 0 to 27,648 has its live zero at 0', () => {
    const counts = { zeroCount: 0, fullCount: 27_648 }
    expect(microampsOf(13_824, counts)).toBe(12_000)
    expect(loopValue(27_648, { ...lel, scale: counts })).toMatchObject({ value: 100 })
  })

  it('more current is never less value, and no count gives a value outside the range', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 65_535 }), fc.nat(1_000), (count, more) => {
        const [small, large] = [loopValue(count, lel), loopValue(count + more, lel)]
        for (const { value } of [small, large])
          if (value !== null) expect(value >= 0 && value <= 100).toBe(true)
        if (small.value !== null && large.value !== null)
          expect(large.value).toBeGreaterThanOrEqual(small.value)
      }),
    )
  })

  it.each([
    ['a range that runs backwards', { range: [10, 0] }],
    ['counts that run backwards', { zeroCount: 9, fullCount: 8 }],
    ['two equal lengths', { counts: [1, 1, 2] }],
    ['an unknown unit', { unit: 'psi' }],
  ])('L02 %s is refused', (_, change) => {
    const config = { id: 'a', address: 1, unit: 'mbar', range: [0, 9], staleMs: 500, ...change }
    expect(loopSensorConfigSchema.safeParse(config).success).toBe(false)
  })
})

it('gpio-stop asks the kernel for a line that it does not show yet', async () => {
  const clock = manualClock()
  const folder = scratchFolder()
  writeFileSync(join(folder.path, 'export'), '')
  const config = gpioStopConfigSchema.parse({
    id: 'esd',
    active: 'closed',
    line: 4,
    folder: folder.path,
  })
  const input = createGpioStop(config, { clock, log: () => undefined })
  await input.start()
  expect(input.state().quality).toBe('stale')
  mkdirSync(join(folder.path, 'gpio4'))
  writeFileSync(join(folder.path, 'gpio4/value'), '1')
  await turning(clock)(() => input.state().value === 'tripped', 'a closed contact trips here')
  await input.dispose('test over')
  expect(clock.pendingTimers()).toEqual([])
  folder.remove()
})
