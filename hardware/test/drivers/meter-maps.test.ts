import { countingIds } from '@baari/shared/testing/counting-ids'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { commandId, fillId } from '@baari/shared/units/names'
import { millis, monoAfter } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { modbusMeterConfigSchema } from '../../src/drivers/modbus-meter/manifest.ts'
import { createModbusMeter } from '../../src/drivers/modbus-meter/modbus-meter.ts'
import { shippedMap, totalIsExact } from '../../src/drivers/modbus-meter/register-map.ts'
import { nozzleNo } from '../../src/ports/dispenser.ts'
import { wordsAt } from '../../src/protocols/modbus/frames.ts'
import {
  decodeRegisters,
  encodeRegisters,
  type RegisterType,
  type WordOrder,
} from '../../src/protocols/modbus/registers.ts'
import { slaveDevice } from '../../src/simulators/modbus-slave.ts'
import { memoryBus } from '../rigs/memory-bus.ts'
import { pass, until } from '../rigs/turn-clock.ts'
import { thirdPartyFile } from '../vectors/third-party.ts'
import { bytesOfHex } from '../vectors/vector-files.ts'

const nozzle = nozzleNo(1)

/** Register numbers as the manuals print them, from 1. */
const manuals = [
  { map: 'micromotion-mvd', order: 'ABCD', flow: 247, density: 249, temperature: 251, total: 259 },
  { map: 'eh-promass', order: 'CDAB', flow: 2007, density: 2013, temperature: 2017, total: 2610 },
] as const
type Manual = (typeof manuals)[number]

/** What Endress+Hauser sends for a value it cannot measure. */
const failure: readonly number[] = [0x7fa0, 0x0000]

function meterOf(manual: Manual, order: WordOrder = manual.order) {
  const image = new Map<number, number>()
  const putWords = (register: number, words: readonly number[]): void =>
    words.forEach((word, index) => image.set(register - 1 + index, word))
  const put = (register: number, value: number): void =>
    putWords(register, encodeRegisters(value, { type: 'float32', order }) ?? [])
  put(manual.flow, 0)
  put(manual.density, 180.5)
  put(manual.temperature, 31.25)
  put(manual.total, 123.5)
  const device = slaveDevice(3, {
    read: (start, count) => Array.from({ length: count }, (_, at) => image.get(start + at) ?? 0),
    write: () => ({ exception: 1 }),
  })
  const rig = memoryBus([device])
  const config = { id: 'm1', address: 3, map: manual.map, mode: 'control' }
  const meter = createModbusMeter(modbusMeterConfigSchema.parse(config), {
    bus: rig.bus,
    clock: rig.clock,
    log: () => undefined,
    stationControl: true,
  })
  const fail = (register: number): void =>
    putWords(register, order === 'CDAB' ? failure.toReversed() : failure)
  return { rig, meter, put, fail }
}

describe.each(manuals)('the map $map', (manual) => {
  it('reads flow, density and total at the registers of the manual, in the factory order', async () => {
    const { rig, meter, put } = meterOf(manual)
    await meter.start()
    await pass(rig.clock, 1_000)
    expect(meter.status(nozzle)).toMatchObject({ quality: 'good', value: { state: 'idle' } })
    expect(await until(rig.clock, meter.totals(nozzle))).toMatchObject({
      ok: true,
      value: { grams: 123_500 },
    })
    put(manual.flow, 150)
    await pass(rig.clock, 1_000)
    expect(meter.status(nozzle)).toMatchObject({ value: { state: 'fuelling' } })
  })

  it('M01 in any other word order it is not good and fails its check', async () => {
    for (const order of ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const) {
      if (order === manual.order) continue
      const { rig, meter } = meterOf(manual, order)
      expect(await until(rig.clock, meter.selfTest()), order).toMatchObject({ passed: false })
      await meter.start()
      await pass(rig.clock, 1_000)
      expect(meter.status(nozzle).quality, order).toBe('bad')
    }
  })

  it('M03 the failure value is bad, keeps the last good and is never a total', async () => {
    const { rig, meter, fail } = meterOf(manual)
    await meter.start()
    await pass(rig.clock, 1_000)
    fail(manual.flow)
    fail(manual.total)
    await pass(rig.clock, 1_000)
    expect(meter.status(nozzle)).toMatchObject({
      quality: 'bad',
      value: null,
      lastGood: { value: { state: 'idle' } },
    })
    expect(await until(rig.clock, meter.totals(nozzle))).toMatchObject({
      ok: false,
      error: { code: 'bad_reading' },
    })
  })

  it('is not verified, has no exact total, and nothing can be sold by it', async () => {
    const { rig, meter } = meterOf(manual)
    const ids = countingIds(4)
    await meter.start()
    await pass(rig.clock, 1_000)
    const map = shippedMap(manual.map)
    expect([map.verified, totalIsExact(map)]).toEqual([false, false])
    const answer = meter.authorise({
      cmdId: commandId(ids.uuid()),
      fillId: fillId(ids.uuid()),
      nozzle,
      limitGrams: grams(2_000),
      pricePaisePerKg: paisePerKg(7_900),
      expiresAtMono: monoAfter(rig.clock.mono(), millis(60_000)),
    })
    expect(await until(rig.clock, answer)).toMatchObject({
      ok: false,
      error: { code: 'dispenser_refused' },
    })
    expect(rig.sent.filter(({ bytes }) => bytes[1] === 16)).toEqual([])
  })
})

describe('a recorded gas meter with its total as float32 and as BCD', () => {
  const file = thirdPartyFile(
    'gas_meter_float_vs_bcd.json',
    z.object({ data_hex: z.string(), fields: z.record(z.string(), z.number()) }),
  )

  /** A value `at` registers into the recorded data. */
  function reader(hex: string) {
    const bytes = bytesOfHex(hex)
    const words = wordsAt(bytes, 0, bytes.length / 2)
    return (at: number, type: RegisterType): number | null => {
      const length = type === 'bcd64' ? 4 : 2
      return decodeRegisters(words.slice(at, at + length), { type, order: 'ABCD' })
    }
  }

  it('every stated field is read from its registers', ({ skip }) => {
    if (file.missing) return skip(file.reason)
    const read = reader(file.vectors.data_hex)
    const { fields } = file.vectors
    const floats: readonly [string, number][] = [
      ['total_actual_float', 0],
      ['total_standard_float', 2],
      ['inst_standard', 6],
      ['temp_C', 16],
      ['press_kPa', 18],
    ]
    for (const [name, at] of floats) {
      expect(read(at, 'float32'), name).toBe(Math.fround(fields[name] ?? Number.NaN))
    }
    const tenThousandths = (name: string): number => Math.round((fields[name] ?? 0) * 10_000)
    expect(read(9, 'bcd32')).toBe(tenThousandths('total_standard_bcd4'))
    expect(read(12, 'bcd64')).toBe(tenThousandths('total_actual_bcd4'))
  })

  it('the two totals disagree, and only the BCD one is fit to settle by', ({ skip }) => {
    if (file.missing) return skip(file.reason)
    const read = reader(file.vectors.data_hex)
    const float = read(0, 'float32') ?? 0
    expect(Math.round(float * 10_000)).not.toBe(read(12, 'bcd64'))
    // At twelve million one step of a float32 is a whole unit: the decimals are gone.
    expect(Math.fround(float + 0.4)).toBe(float)
    const map = shippedMap('micromotion-mvd')
    const total = (type: RegisterType) => ({
      ...map,
      fields: { ...map.fields, totalsGrams: { block: 'totals' as const, at: 0, type } },
    })
    expect(totalIsExact(total('float32'))).toBe(false)
    expect(totalIsExact(total('bcd32'))).toBe(true)
  })
})
