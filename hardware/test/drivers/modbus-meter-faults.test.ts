import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { commandId, fillId } from '@baari/shared/units/names'
import { millis, monoAfter } from '@baari/shared/units/time'
import { countingIds } from '@baari/shared/testing/counting-ids'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { describe, expect, it } from 'vitest'
import { modbusMeterConfigSchema } from '../../src/drivers/modbus-meter/manifest.ts'
import { createModbusMeter } from '../../src/drivers/modbus-meter/modbus-meter.ts'
import {
  mapNames,
  registerMapSchema,
  shippedMap,
  totalIsExact,
} from '../../src/drivers/modbus-meter/register-map.ts'
import { nozzleNo, type FlowEvent } from '../../src/ports/dispenser.ts'
import { encodeRegisters } from '../../src/protocols/modbus/registers.ts'
import { slaveDevice, type SlaveDevice } from '../../src/simulators/modbus-slave.ts'
import { memoryBus } from '../rigs/memory-bus.ts'
import { meterOnMemory } from '../rigs/meter-on-memory.ts'
import { pass, until } from '../rigs/turn-clock.ts'

const nozzle = nozzleNo(1)
const ids = countingIds(2)

function authorisation(clock: { mono(): Parameters<typeof monoAfter>[0] }) {
  return {
    cmdId: commandId(ids.uuid()),
    fillId: fillId(ids.uuid()),
    nozzle,
    limitGrams: grams(2_000),
    pricePaisePerKg: paisePerKg(7_900),
    expiresAtMono: monoAfter(clock.mono(), millis(60_000)),
  }
}

const isWrite = ({ bytes }: { readonly bytes: Uint8Array }) => bytes[1] === 16

/** A Micro Motion meter whose registers are these floats. */
function massMeter(values: { flow: number; density: number; total: number }) {
  const image = new Array<number>(300).fill(0)
  const put = (register: number, value: number): void => {
    const words = encodeRegisters(value, { type: 'float32', order: 'ABCD' }) ?? []
    words.forEach((word, index) => (image[register + index] = word))
  }
  const refresh = (): void => {
    put(246, values.flow)
    put(248, values.density)
    put(250, 31.2)
    put(258, values.total)
  }
  refresh()
  const device: SlaveDevice = slaveDevice(3, {
    read: (start, count) => image.slice(start, start + count),
    write: () => ({ exception: 1 }),
  })
  const rig = memoryBus([device])
  const config = modbusMeterConfigSchema.parse({
    id: 'm1',
    address: 3,
    map: 'micromotion-mvd',
    mode: 'control',
  })
  const meter = createModbusMeter(config, {
    bus: rig.bus,
    clock: rig.clock,
    log: () => undefined,
    stationControl: true,
  })
  return {
    rig,
    meter,
    device,
    change: (next: Partial<typeof values>) => {
      Object.assign(values, next)
      refresh()
    },
  }
}

describe('register maps', () => {
  it.each(mapNames)('the shipped map %s is whole', (name) => {
    expect(shippedMap(name).name).toBe(name)
  })

  it('only our own map ships verified, and a float32 total is never exact', () => {
    expect(mapNames.filter((name) => shippedMap(name).verified)).toEqual(['baari-dispenser'])
    expect(mapNames.filter((name) => totalIsExact(shippedMap(name)))).toEqual(['baari-dispenser'])
  })

  it('a map whose field lies outside its block, or whose lengths are equal, is refused', () => {
    const map = shippedMap('baari-dispenser')
    const outside = {
      ...map,
      fields: { ...map.fields, flags: { block: 'live', at: 12, type: 'u32' } },
    }
    expect(registerMapSchema.safeParse(outside).success).toBe(false)
    const equal = { ...map, blocks: { ...map.blocks, live: { start: 0, counts: [12, 12, 13] } } }
    expect(registerMapSchema.safeParse(equal).success).toBe(false)
  })
})

describe('what may move gas', () => {
  it.each([
    ['the device is in poll mode', { config: { mode: 'poll' } }],
    ['the station is not in control', { stationControl: false }],
  ])('nothing is written when %s', async (_, options) => {
    const { dispenser, clock, done, rig } = meterOnMemory(options)
    await dispenser.start()
    await pass(clock, 1_000)
    for (const command of [
      dispenser.authorise(authorisation(clock)),
      dispenser.stop(authorisation(clock)),
    ]) {
      expect(await done(command)).toMatchObject({ ok: false, error: { code: 'dispenser_refused' } })
    }
    expect(rig.sent.filter(isWrite)).toEqual([])
  })

  it('a map that is not commissioned authorises nothing', async () => {
    const map = { ...shippedMap('baari-dispenser'), verified: false }
    const { dispenser, clock, done, rig } = meterOnMemory({ config: { map } })
    await dispenser.start()
    await pass(clock, 1_000)
    expect(await done(dispenser.authorise(authorisation(clock)))).toMatchObject({
      ok: false,
      error: { code: 'device_unverified' },
    })
    expect(rig.sent.filter(isWrite)).toEqual([])
  })

  it('a float32 total is refused for control even when commissioned', async () => {
    const map = shippedMap('baari-dispenser')
    const float = {
      ...map,
      fields: {
        ...map.fields,
        totalsGrams: { block: 'totals', at: 0, type: 'float32', gramsPerCount: 1000 },
      },
    }
    const { dispenser, clock, done } = meterOnMemory({ config: { map: float, commissioned: true } })
    await dispenser.start()
    await pass(clock, 1_000)
    expect(await done(dispenser.authorise(authorisation(clock)))).toMatchObject({
      ok: false,
      error: { code: 'device_unverified' },
    })
  })

  it('a stop given while an authorise is on its way leaves the dispenser at rest', async () => {
    const { dispenser, head, clock, done } = meterOnMemory()
    head.trouble.delayMs = () => millis(40)
    await dispenser.start()
    await pass(clock, 1_000)
    const authorise = dispenser.authorise(authorisation(clock))
    await pass(clock, 5, 1)
    const stop = dispenser.stop({ cmdId: commandId(ids.uuid()), nozzle })
    expect(await done(stop)).toMatchObject({ ok: true })
    expect((await done(authorise)).ok).toBe(false)
    await pass(clock, 2_000)
    expect(head.state()).toBe('idle')
  })
})

describe('what cannot be believed', () => {
  it('M03 NaN in the flow is bad quality, and the last good value is kept', async () => {
    const { rig, meter, change } = massMeter({ flow: 0, density: 180, total: 5 })
    await meter.start()
    await pass(rig.clock, 1_000)
    expect(meter.status(nozzle)).toMatchObject({ quality: 'good', value: { state: 'idle' } })
    change({ flow: Number.NaN })
    await pass(rig.clock, 1_000)
    expect(meter.status(nozzle)).toMatchObject({
      quality: 'bad',
      value: null,
      lastGood: { value: { state: 'idle' } },
    })
    expect(meter.faults().map(({ fault }) => fault.code)).toEqual(['bad_reading'])
    expect((await until(rig.clock, meter.authorise(authorisation(rig.clock)))).ok).toBe(false)
  })

  it('M03 a total that is no number is a fault and never a number', async () => {
    const { rig, meter, change } = massMeter({ flow: 0, density: 180, total: 5 })
    change({ total: Number.POSITIVE_INFINITY })
    expect(await until(rig.clock, meter.totals(nozzle))).toMatchObject({
      ok: false,
      error: { code: 'bad_reading' },
    })
  })

  it('M01 M02 a known register out of its magnitude fails commissioning and makes the status bad', async () => {
    const { rig, meter } = massMeter({ flow: 0, density: 1e-7, total: 5 })
    expect(await until(rig.clock, meter.selfTest())).toMatchObject({ passed: false })
    await meter.start()
    await pass(rig.clock, 1_000)
    expect(meter.status(nozzle).quality).toBe('bad')
  })

  it('a meter without a state register is filling while gas flows', async () => {
    const { rig, meter, change } = massMeter({ flow: 0, density: 180, total: 5 })
    await meter.start()
    await pass(rig.clock, 500)
    change({ flow: 90 })
    await pass(rig.clock, 500)
    expect(meter.status(nozzle).value?.state).toBe('fuelling')
  })

  it('a single frame with an impossible jump of the totaliser moves nothing', async () => {
    const { dispenser, head, clock } = meterOnMemory()
    const flows: FlowEvent[] = []
    dispenser.on('flow', (event) => flows.push(event))
    await dispenser.start()
    await pass(clock, 1_000)
    const truth = head.totaliserGrams()
    head.replaceMeter(grams(truth + 900_000))
    await pass(clock, 200)
    head.replaceMeter(truth)
    await pass(clock, 2_000)
    expect(flows).toEqual([])
    expect(dispenser.status(nozzle)).toMatchObject({
      quality: 'good',
      value: { totaliserGrams: truth },
    })
  })

  it('D02 a totaliser that stays where it jumped to is told as it is, for the fill log to judge', async () => {
    const { dispenser, head, clock } = meterOnMemory()
    await dispenser.start()
    await pass(clock, 1_000)
    head.replaceMeter(grams(50))
    await pass(clock, 2_000)
    expect(dispenser.status(nozzle)).toMatchObject({
      quality: 'good',
      value: { totaliserGrams: 50 },
    })
  })

  it('two totals that contradict each other are refused', async () => {
    const { dispenser, head, clock, done } = meterOnMemory()
    const totals = dispenser.totals(nozzle)
    let turn = 0
    const { distort } = head.trouble
    head.trouble.distort = (bytes, nth) => {
      turn += 1
      head.replaceMeter(grams(turn * 10_000_000))
      return distort(bytes, nth)
    }
    expect(await done(totals)).toMatchObject({ ok: false, error: { code: 'bad_reading' } })
    expect(clock.mono()).toBeLessThan(5_000)
  })

  it('S02 a status that needed a second attempt is uncertain, and good again with the next clean one', async () => {
    const { dispenser, head, clock, eventually } = meterOnMemory()
    await dispenser.start()
    await eventually(() => dispenser.status(nozzle).quality === 'good', 'good')
    let damaged = 0
    head.trouble.distort = (bytes) => {
      damaged += 1
      return damaged === 1 ? bytes.map((byte, index) => (index === 9 ? byte ^ 4 : byte)) : bytes
    }
    await eventually(() => dispenser.status(nozzle).quality === 'uncertain', 'uncertain')
    await eventually(() => dispenser.status(nozzle).quality === 'good', 'good again')
    expect(clock.mono()).toBeLessThan(5_000)
  })

  it('a status that is trusted again is told at once, though nothing else of it changed', async () => {
    const { dispenser, head, eventually } = meterOnMemory()
    const told: string[] = []
    dispenser.on('state', ({ status }) => {
      told.push(`${status.state} ${dispenser.status(nozzle).quality}`)
    })
    await dispenser.start()
    await eventually(() => told.length > 0, 'the first frame')
    let damaged = 0
    head.trouble.distort = (bytes) => {
      damaged += 1
      return damaged === 1 ? bytes.map((byte, index) => (index === 9 ? byte ^ 4 : byte)) : bytes
    }
    await eventually(() => told.length === 3, 'the change of trust, twice')
    expect(told).toEqual(['idle good', 'idle uncertain', 'idle good'])
  })

  it('a refresh brings the next frame forward', async () => {
    const { dispenser, clock, eventually } = meterOnMemory()
    await dispenser.start()
    await eventually(() => dispenser.status(nozzle).quality === 'good', 'good')
    const before = dispenser.status(nozzle).mono
    const askedAt = clock.mono()
    dispenser.refresh(nozzle)
    await eventually(() => dispenser.status(nozzle).mono > before, 'the next frame')
    // The usual beat of an idle head is a quarter of a second.
    expect(dispenser.status(nozzle).mono - askedAt).toBeLessThan(100)
  })

  it('S02 of 2,500 totals (5,000 reads) on a line that flips one byte in 500 none is wrong', async () => {
    const { dispenser, head, done } = meterOnMemory()
    const prng = seededPrng(5)
    head.trouble.distort = (bytes) =>
      bytes.map((byte) => (prng.next() < 0.002 ? byte ^ (1 << Math.floor(prng.next() * 8)) : byte))
    const truth = head.totaliserGrams()
    let right = 0
    for (let read = 0; read < 2_500; read += 1) {
      const totals = await done(dispenser.totals(nozzle))
      if (!totals.ok) continue
      expect(totals.value.grams).toBe(truth)
      right += 1
    }
    expect(right).toBeGreaterThan(2_400)
  })
})

describe('S08 exceptions', () => {
  it.each([
    [6, 'modbus_busy'],
    [11, 'modbus_busy'],
    [1, 'modbus_configuration'],
    [2, 'modbus_configuration'],
    [3, 'modbus_configuration'],
    [4, 'modbus_device_failure'],
  ])('exception %i is the fault %s and never a value', async (exception, code) => {
    const { dispenser, head, clock } = meterOnMemory()
    head.trouble.exception = exception
    await dispenser.start()
    await pass(clock, 3_000)
    expect(dispenser.faults().map(({ fault }) => fault.code)).toEqual([code])
    expect(dispenser.status(nozzle).value).toBeNull()
  })

  it('M04 a block the device does not have is not asked in a storm, and is found again when it has', async () => {
    const { dispenser, head, clock, rig, eventually } = meterOnMemory()
    head.trouble.exception = 2
    await dispenser.start()
    await pass(clock, 25_000, 50)
    expect(rig.sent.length).toBeLessThanOrEqual(2)
    expect(dispenser.faults()[0]?.fault.hint).toContain('live')
    head.trouble.exception = null
    await eventually(() => dispenser.status(nozzle).quality === 'good', 'good')
    expect(dispenser.faults()).toEqual([])
  })
})

it('D06 a link lost while filling and back after the nozzle was hung up tells the sale once', async () => {
  const { dispenser, head, clock, rig, done, eventually } = meterOnMemory()
  const sales: number[] = []
  dispenser.on('sale', ({ sale }) => sales.push(sale.grams))
  await dispenser.start()
  await eventually(() => dispenser.status(nozzle).quality === 'good', 'good')
  head.vehicleArrives(grams(1_500))
  await done(dispenser.authorise(authorisation(clock)))
  head.liftNozzle()
  await eventually(() => dispenser.status(nozzle).value?.state === 'fuelling', 'filling')
  rig.near.plug('opening')
  await pass(clock, 30_000, 50)
  expect(dispenser.status(nozzle).quality).toBe('stale')
  head.hangUp()
  rig.near.plug('open')
  await eventually(() => sales.length === 1, 'the sale')
  await pass(clock, 3_000)
  expect(sales).toEqual([1_500])
})
