import type { ManualClock } from '@baari/shared/testing/manual-clock'
import { createLoopSensor } from '../../src/drivers/modbus-4-20/loop-sensor.ts'
import { loopSensorConfigSchema } from '../../src/drivers/modbus-4-20/manifest.ts'
import { modbusStopConfigSchema } from '../../src/drivers/stop-input/manifest.ts'
import { createModbusStop } from '../../src/drivers/stop-input/modbus-stop.ts'
import type { DriverContext } from '../../src/ports/device.ts'
import { slaveDevice } from '../../src/simulators/modbus-slave.ts'
import {
  contactRegister,
  SimulatedInputModule,
} from '../../src/simulators/simulated-input-module.ts'
import type { SensorSubject } from '../contracts/sensor.contract.ts'
import type { StopInputSubject } from '../contracts/stop-input.contract.ts'
import type { ModbusBus } from './memory-bus.ts'
import { pass } from './turn-clock.ts'

/** A module at address 20, and how a test spoils its line. */
export function simulatedModule() {
  const module = new SimulatedInputModule()
  const device = slaveDevice(20, module)
  return {
    device,
    current: (microamps: number) => module.current(0, microamps),
    contact: (closed: boolean) => module.contact(0, closed),
    silence: (silent: boolean) => void (device.trouble.silent = silent),
    damageNext() {
      let left = 1
      device.trouble.distort = (bytes) =>
        left-- > 0 ? bytes.map((byte, at) => (at === 4 ? byte ^ 1 : byte)) : bytes
    },
  }
}

type Module = ReturnType<typeof simulatedModule>
type Surroundings = Pick<SensorSubject, 'eventually' | 'done' | 'dispose'>

type OnBus = { readonly bus: ModbusBus; readonly context: DriverContext }

export function sensorOn(
  { bus, context }: OnBus,
  module: Module,
  around: Surroundings,
): SensorSubject {
  const config = loopSensorConfigSchema.parse({
    id: 'bank-high',
    address: 20,
    unit: 'mbar',
    range: [0, 300_000],
    staleMs: 1_000,
    pollMs: 50,
  })
  const { current, silence, damageNext } = module
  current(12_000)
  return {
    ...{ silence, damageNext, ...around },
    sensor: createLoopSensor(config, { ...context, bus }),
    truth: () => ({ mbar: 150_000 }),
    nonsense: (on) => current(on ? 0 : 12_000),
  }
}

export function stopInputOn(
  { bus, context }: OnBus,
  { contact, silence }: Module,
  around: Surroundings,
): StopInputSubject {
  const register = contactRegister
  const config = modbusStopConfigSchema.parse({ id: 'esd', address: 20, register, active: 'open' })
  return {
    input: createModbusStop(config, { ...context, bus }),
    contact,
    lose: silence,
    ...around,
  }
}

/** Passes time until the condition holds. */
export function turning(clock: ManualClock): Surroundings['eventually'] {
  return async (condition, what) => {
    for (let turn = 0; turn < 2_000 && !condition(); turn += 1) await pass(clock, 10, 10)
    if (!condition()) throw new Error(`never: ${what}`)
  }
}
