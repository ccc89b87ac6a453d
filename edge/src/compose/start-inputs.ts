import { createLoopSensor } from '@baari/hardware/drivers/modbus-4-20/loop-sensor'
import { loopSensorConfigSchema } from '@baari/hardware/drivers/modbus-4-20/manifest'
import { createGpioStop } from '@baari/hardware/drivers/stop-input/gpio-stop'
import {
  gpioStopConfigSchema,
  modbusStopConfigSchema,
} from '@baari/hardware/drivers/stop-input/manifest'
import { createModbusStop } from '@baari/hardware/drivers/stop-input/modbus-stop'
import type { RaisedFault } from '@baari/hardware/ports/device'
import type { Sensor } from '@baari/hardware/ports/sensor'
import type { StopInput } from '@baari/hardware/ports/stop-input'
import type { Clock } from '@baari/shared/runtime/clock'
import type { WiredInputs } from '../app/safety/sensor-board.ts'
import type { AlarmDesk } from '../ports/alarm-desk.ts'
import type { Log } from '../ports/log.ts'
import type { SensorPlan, StationPlan } from '../ports/station-plan.ts'
import type { Lines } from './start-lines.ts'

export type StartInputs = {
  readonly plan: StationPlan
  readonly lines: Lines
  readonly clock: Clock
  readonly log: Log
  readonly alarms: AlarmDesk
}

export type Inputs = {
  readonly wired: WiredInputs
  /** Called for every new value: a trip must not wait for the next look. */
  onChange(call: () => void): void
  stop(): Promise<void>
}

/** Sensors and the emergency stop that the node reads itself, by wire. */
export async function startInputs(parts: StartInputs): Promise<Inputs> {
  const sensors = new Map<string, Sensor>()
  for (const sensor of parts.plan.sensors) {
    const made = await wiredSensor(sensor, parts)
    if (made) sensors.set(sensor.id, made)
  }
  const esd = await wiredStop(parts)
  let changed = (): void => undefined
  for (const sensor of sensors.values()) {
    sensor.onReading(() => changed())
    sensor.onFault((raised) => tell(parts, raised))
    await sensor.start()
  }
  esd?.onChange(() => changed())
  esd?.onFault((raised) => tell(parts, raised))
  await esd?.start()
  return {
    wired: {
      sensor: (id) => {
        const sensor = sensors.get(id)
        return sensor?.readings()[sensor.unit]
      },
      esd: () => esd?.state(),
    },
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

function tell({ alarms }: StartInputs, { fault }: RaisedFault): void {
  const { code, device, hint } = fault
  alarms.raise({ source: 'safety', code, subject: device, detail: hint })
}
