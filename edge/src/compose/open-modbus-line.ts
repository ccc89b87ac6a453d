import {
  modbusMeterConfigSchema,
  type ModbusMeterConfig,
} from '@baari/hardware/drivers/modbus-meter/manifest'
import { createModbusMeter } from '@baari/hardware/drivers/modbus-meter/modbus-meter'
import { mapNames, shippedMap } from '@baari/hardware/drivers/modbus-meter/register-map'
import type { Bus } from '@baari/hardware/ports/bus'
import { createModbusMasterCodec } from '@baari/hardware/protocols/modbus/frame-codec'
import type { ModbusReply, ModbusRequest } from '@baari/hardware/protocols/modbus/frames'
import { createBus } from '@baari/hardware/transports/bus'
import { spinningWait } from '@baari/hardware/transports/system-clock'
import type { DispenserPlan } from '../ports/station-plan.ts'
import type { DispenserLine, LineParts } from './dispenser-line.ts'
import { lineOfBus } from './line-of-bus.ts'
import { timingOf } from './line-timing-of.ts'

export type ModbusBus = Bus<ModbusRequest, ModbusReply>

/** A Modbus line: meters and controllable heads, and whatever else is read on its bus. */
export function openModbusLine({
  plan,
  pipe,
  stationControl,
  clock,
  log,
}: LineParts): DispenserLine & { readonly bus: ModbusBus } {
  const bus = createBus({
    name: plan.id,
    pipe,
    codec: createModbusMasterCodec(),
    clock,
    timing: timingOf(plan),
    wait: spinningWait(clock),
    echo: plan.echo ? 'strip' : 'none',
  })
  return {
    ...lineOfBus(bus),
    bus,
    dispenser: (device) =>
      // A meter says nothing unless it is asked.
      device.mode === 'listen'
        ? null
        : createModbusMeter(configOf(device), { bus, clock, log, stationControl }),
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
