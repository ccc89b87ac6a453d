import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { modbusMeterConfigSchema } from '@baari/hardware/drivers/modbus-meter/manifest'
import { createModbusMeter } from '@baari/hardware/drivers/modbus-meter/modbus-meter'
import { createModbusMasterCodec } from '@baari/hardware/protocols/modbus/frame-codec'
import {
  startSimulatedStation,
  type SimulatedPosition,
  type SimulatedStation,
} from '@baari/hardware/simulators/simulated-station'
import { createBus } from '@baari/hardware/transports/bus'
import { systemClock, timerWait } from '@baari/hardware/transports/system-clock'
import { createTcpPipe } from '@baari/hardware/transports/tcp-pipe'
import { present } from '@baari/shared/faults/assert'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { commandId, fillId } from '@baari/shared/units/names'
import { monoAfter, seconds } from '@baari/shared/units/time'
import { dispenserNozzle } from '../../../src/adapters/devices/dispenser-nozzle.ts'
import { isReadable } from '../../../src/domain/position/device-look.ts'
import type { AuthoriseOrder, NozzleDevice } from '../../../src/ports/nozzle-device.ts'

const clock = systemClock()
const uuid = (n: number): string => `00000007-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

let station: SimulatedStation
let head: SimulatedPosition
let device: NozzleDevice
let end: () => Promise<void>

beforeEach(async () => {
  station = await startSimulatedStation({
    positions: 1,
    seed: 5,
    clock,
    flowGramsPerSecond: 4_000,
  })
  head = present(station.positions[0], 'a position')
  const bus = createBus({
    name: 'line',
    pipe: createTcpPipe({ name: 'line', clock, host: '127.0.0.1', port: station.busPort }),
    codec: createModbusMasterCodec(),
    clock,
    timing: { baud: 115_200, bitsPerChar: 11 },
    wait: timerWait(clock),
  })
  bus.start()
  const config = modbusMeterConfigSchema.parse({
    id: 'd1',
    address: 1,
    map: 'baari-dispenser',
    mode: 'control',
    pollMs: 60,
    activePollMs: 40,
    maxFlowGramsPerSecond: 10_000,
  })
  const log = (): void => undefined
  const meter = createModbusMeter(config, { bus, clock, log, stationControl: true })
  await meter.start()
  device = dispenserNozzle(meter, present(meter.nozzles[0], 'a nozzle'))
  end = async () => {
    await meter.dispose('test over')
    await bus.close()
    await station.close()
  }
  await until(() => isReadable(device.look()))
})
afterEach(() => end())

async function until(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { timeout: 20_000, interval: 20 }).toBe(true)
}

function order(n: number, limit = 3_000): AuthoriseOrder {
  return {
    command: commandId(uuid(n)),
    fill: fillId(uuid(n + 100)),
    limitGrams: grams(limit),
    pricePaisePerKg: paisePerKg(9_450),
    expiresAtMono: monoAfter(clock.mono(), seconds(20)),
  }
}

describe('the real driver on simulated bytes, behind the port of the fill', () => {
  it('a sale runs from the authorise to its own record, and the counter agrees', async () => {
    const before = await device.totals()
    expect(await device.authorise(order(1))).toBe('acknowledged')
    head.vehicleArrives({ wantsGrams: grams(9_000) })
    head.liftNozzle()
    await until(() => device.look().state === 'completed')
    const after = await device.totals()
    const sale = await device.lastSale()
    expect(before.ok && after.ok && after.value.grams - before.value.grams).toBe(3_000)
    expect(sale).toMatchObject({ ok: true, value: { grams: 3_000 } })
    head.hangUp()
    expect(await device.close(commandId(uuid(2)))).toMatchObject({ ok: true })
    await until(() => device.look().state === 'idle')
  })
  it('D08: the same command twice authorises once', async () => {
    const once = order(1)
    expect(await device.authorise(once)).toBe('acknowledged')
    head.vehicleArrives({ wantsGrams: grams(9_000) })
    head.liftNozzle()
    await until(() => device.look().state === 'completed')
    await device.authorise(once)
    expect(head.saleSequence()).toBe(1)
  })
  it('a second authorise while one is held is a definite no', async () => {
    await device.authorise(order(1))
    await until(() => device.look().state === 'authorised')
    expect(await device.authorise(order(2))).toBe('rejected')
  })
  it('a stop ends flow, and the counter stands still after it', async () => {
    await device.authorise(order(1, 9_000))
    head.vehicleArrives({ wantsGrams: grams(9_000) })
    head.liftNozzle()
    await until(() => device.look().state === 'running' && device.look().saleGrams > 0)
    expect(await device.stop(commandId(uuid(3)))).toMatchObject({ ok: true })
    const stood = head.totaliserGrams()
    await until(() => device.look().state === 'completed')
    expect(head.totaliserGrams()).toBe(stood)
  })
  it('D14: a status code nobody knows is out of order and is not authorised', async () => {
    head.setFault('unknown-state')
    await until(() => device.look().state === 'out-of-order')
    expect(await device.authorise(order(1))).toBe('rejected')
  })
  it('a silent head is stale, not idle', async () => {
    head.setFault('silent')
    await until(() => device.look().quality === 'stale')
    expect(device.look().state).toBeNull()
  })
})
