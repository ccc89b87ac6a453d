import { createLoopSensor } from '@baari/hardware/drivers/modbus-4-20/loop-sensor'
import { loopSensorConfigSchema } from '@baari/hardware/drivers/modbus-4-20/manifest'
import { createGpioStop } from '@baari/hardware/drivers/stop-input/gpio-stop'
import {
  gpioStopConfigSchema,
  modbusStopConfigSchema,
} from '@baari/hardware/drivers/stop-input/manifest'
import { createModbusStop } from '@baari/hardware/drivers/stop-input/modbus-stop'
import type { Sensor } from '@baari/hardware/ports/sensor'
import type { StopInput } from '@baari/hardware/ports/stop-input'
import type { Clock } from '@baari/shared/runtime/clock'
import type { ServiceBook } from '../app/service/service-book.ts'
import type { WiredInputs } from '../app/safety/sensor-board.ts'
import type { SensorReading } from '../ports/sensor-reading.ts'
import type { Log } from '../ports/log.ts'
import type { SensorPlan, SensorUnit, StationPlan } from '../ports/station-plan.ts'
import { served } from './served.ts'
import type { Lines } from './start-lines.ts'

export type StartInputs = {
  readonly plan: StationPlan
  readonly lines: Lines
  readonly clock: Clock
  readonly log: Log
  readonly service: ServiceBook
  /** Tank gauges, opened on lines of their own. */
  readonly gauges: ReadonlyMap<string, Sensor>
}

export type Inputs = {
  readonly wired: WiredInputs
  /** Every value of every sensor that the node reads itself. */
  readings(): readonly SensorReading[]
  /** Called for every new value: a trip must not wait for the next look. */
  onChange(call: () => void): void
  stop(): Promise<void>
}

/** Sensors and the emergency stop that the node reads itself, by wire. */
export async function startInputs(parts: StartInputs): Promise<Inputs> {
  const { service } = parts
  const sensors = new Map(parts.gauges)
  for (const sensor of parts.plan.sensors) {
    const made = await wiredSensor(sensor, parts)
    if (made) sensors.set(sensor.id, made)
  }
  const esd = await wiredStop(parts)
  let changed = (): void => undefined
  for (const sensor of sensors.values()) {
    sensor.onReadings(() => changed())
    sensor.onFault(() => service.look())
    service.device(served('sensor', sensor))
    await sensor.start()
  }
  esd?.onChange(() => changed())
  esd?.onFault(() => service.look())
  if (esd) service.device(served('emergency stop', esd))
  await esd?.start()
  return {
    wired: {
      sensor: (id) => {
        const unit = parts.plan.sensors.find((one) => one.id === id)?.unit
        return unit === undefined ? undefined : sensors.get(id)?.readings()[valueNames[unit]]
      },
      esd: () => esd?.state(),
    },
    readings: () => [...sensors].flatMap(([id, sensor]) => readingsOf(id, sensor)),
    onChange: (call) => void (changed = call),
    async stop() {
      for (const sensor of sensors.values()) await sensor.dispose('the node stops')
      await esd?.dispose('the node stops')
    },
  }
}

async function wiredSensor(
  { id, unit, range, staleMs, source }: SensorPlan,
  { lines, clock, log }: StartInputs,
): Promise<Sensor | undefined> {
  if (source.kind !== 'modbus-4-20' || range === null) return undefined
  const bus = await lines.modbus(source.bus)
  if (!bus) return undefined
  const { address, register, fn, zeroCount, fullCount } = source
  const config = loopSensorConfigSchema.parse({
    ...{ id, unit, staleMs, address, register, fn, zeroCount, fullCount },
    range: [range.low, range.high],
  })
  return createLoopSensor(config, { bus, clock, log })
}

async function wiredStop({ plan, lines, clock, log }: StartInputs): Promise<StopInput | undefined> {
  const { esd } = plan.safety
  if (esd.kind === 'gpio') {
    const { line, active } = esd
    const config = gpioStopConfigSchema.parse({ id: 'esd', line, active })
    return createGpioStop(config, { clock, log })
  }
  if (esd.kind !== 'modbus') return undefined
  const bus = await lines.modbus(esd.bus)
  if (!bus) return undefined
  const { address, register, bit, active, staleMs } = esd
  const config = modbusStopConfigSchema.parse({
    ...{ id: 'esd', address, register, bit, active, staleMs },
  })
  return createModbusStop(config, { bus, clock, log })
}

/** Under which name a sensor tells the value of its unit; a tank's unit is its volume. */
const valueNames: Readonly<Record<SensorUnit, string>> = {
  mbar: 'mbar',
  pct_lel: 'pct_lel',
  mkelvin: 'mkelvin',
  g_per_min: 'g_per_min',
  ml: 'volumeMillilitres',
}

function readingsOf(sensor: string, device: Sensor): readonly SensorReading[] {
  return Object.entries(device.readings()).map(([name, { value, quality, lastGood = null }]) => ({
    ...{ sensor, name, value, quality },
    lastGood: lastGood && { value: lastGood.value, at: lastGood.at },
  }))
}
