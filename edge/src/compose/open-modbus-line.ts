import {
  modbusMeterConfigSchema,
  type ModbusMeterConfig,
} from '@baari/hardware/drivers/modbus-meter/manifest'
import { createModbusMeter } from '@baari/hardware/drivers/modbus-meter/modbus-meter'
import { mapNames, shippedMap } from '@baari/hardware/drivers/modbus-meter/register-map'
import { createModbusMasterCodec } from '@baari/hardware/protocols/modbus/frame-codec'
import { createBus } from '@baari/hardware/transports/bus'
import { spinningWait } from '@baari/hardware/transports/system-clock'
import type { DispenserPlan } from '../ports/station-plan.ts'
import type { OpenLine } from './dispenser-line.ts'
import { openPipe, timingOf } from './open-pipe.ts'

/** A Modbus line: meters and controllable heads. */
export const openModbusLine: OpenLine = ({ plan, stationControl, clock, log }) => {
  const bus = createBus({
    name: plan.id,
    pipe: openPipe(plan, clock),
    codec: createModbusMasterCodec(),
    clock,
    timing: timingOf(plan),
    wait: spinningWait(clock),
    echo: plan.echo ? 'strip' : 'none',
  })
  return {
    dispenser: (device) =>
      // A meter says nothing unless it is asked.
      device.mode === 'listen'
        ? null
        : createModbusMeter(configOf(device), { bus, clock, log, stationControl }),
    start: () => bus.start(),
    stats: () => bus.stats(),
    close: () => bus.close(),
  }
}

function configOf(device: DispenserPlan): ModbusMeterConfig {
  const { id, address, mode, modbus, nozzles, commissioned } = device
  const name = mapNames.find((known) => known === modbus?.map)
  const order = modbus?.order ?? null
  return modbusMeterConfigSchema.parse({
    id,
    address,
    mode: mode === 'control' ? 'control' : 'poll',
    map: name !== undefined && order !== null ? { ...shippedMap(name), order } : name,
    commissioned,
    nozzle: nozzles[0]?.n,
    widthGrams: nozzles[0]?.total.widthGrams,
  })
}
