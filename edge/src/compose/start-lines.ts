import { createModbusMeter } from '@baari/hardware/drivers/modbus-meter/modbus-meter'
import { modbusMeterConfigSchema } from '@baari/hardware/drivers/modbus-meter/manifest'
import { mapNames, shippedMap } from '@baari/hardware/drivers/modbus-meter/register-map'
import type { Bus } from '@baari/hardware/ports/bus'
import type { Dispenser } from '@baari/hardware/ports/dispenser'
import { createModbusMasterCodec } from '@baari/hardware/protocols/modbus/frame-codec'
import type { ModbusReply, ModbusRequest } from '@baari/hardware/protocols/modbus/frames'
import { createBus } from '@baari/hardware/transports/bus'
import { spinningWait } from '@baari/hardware/transports/system-clock'
import type { Metrics } from '../ports/metrics.ts'
import type { BusPlan, DispenserPlan, StationPlan } from '../ports/station-plan.ts'
import { openLine, type LineParts } from './open-line.ts'

export type StartLines = LineParts & {
  readonly plan: StationPlan
  readonly metrics: Metrics
}

export type ModbusBus = Bus<ModbusRequest, ModbusReply>

export type Lines = {
  /** Dispensers by their name in the station file; those without a driver are absent. */
  readonly dispensers: ReadonlyMap<string, Dispenser>
  /** The Modbus bus of this name, opened when nothing hangs on it yet; undefined when unnamed. */
  modbus(id: string): Promise<ModbusBus | undefined>
  stop(): Promise<void>
}

/** Opens every Modbus line that a dispenser hangs on and starts the dispensers' polling. */
export async function startLines(parts: StartLines): Promise<Lines> {
  const { plan, clock, log, metrics } = parts
  const buses = new Map<string, ModbusBus>()
  const dispensers = new Map<string, Dispenser>()
  for (const device of plan.dispensers) {
    const busPlan = plan.buses.find(({ id }) => id === device.bus)
    if (device.driver !== 'modbus-meter' || device.mode === 'listen' || !busPlan) {
      log({
        level: 'error',
        event: 'no driver',
        fields: { device: device.id, driver: device.driver },
      })
      continue
    }
    const bus = buses.get(device.bus) ?? (await openBus(busPlan, parts))
    buses.set(device.bus, bus)
    const dispenser = createModbusMeter(configOf(device), {
      bus,
      clock,
      log,
      stationControl: plan.station.control,
    })
    dispensers.set(device.id, dispenser)
  }
  countBuses(buses, metrics)
  for (const bus of buses.values()) bus.start()
  for (const dispenser of dispensers.values()) await dispenser.start()
  return {
    dispensers,
    async modbus(id) {
      const open = buses.get(id)
      const busPlan = plan.buses.find((one) => one.id === id)
      if (open || !busPlan) return open
      const bus = await openBus(busPlan, parts)
      buses.set(id, bus)
      bus.start()
      return bus
    },
    async stop() {
      for (const dispenser of dispensers.values()) await dispenser.dispose('the node stops')
      for (const bus of buses.values()) await bus.close()
    },
  }
}

async function openBus(
  { id, line, link, echo, record }: BusPlan,
  parts: LineParts,
): Promise<ModbusBus> {
  const { clock } = parts
  const pipe = await openLine({ id, link, settings: line, record, answers: true }, parts)
  // A character is 11 bits on the wire but for 8N1 (hardware.md section 4).
  const bitsPerChar = line.parity === 'none' && line.stopBits === 1 ? 10 : 11
  return createBus({
    name: id,
    pipe,
    codec: createModbusMasterCodec(),
    clock,
    timing: { baud: line.baud, bitsPerChar },
    wait: spinningWait(clock),
    echo: echo ? 'strip' : 'none',
  })
}

function configOf(device: DispenserPlan): Parameters<typeof createModbusMeter>[0] {
  const { id, address, mode, modbus, nozzles } = device
  const name = mapNames.find((known) => known === modbus?.map)
  const order = modbus?.order ?? null
  return modbusMeterConfigSchema.parse({
    id,
    address,
    mode: mode === 'control' ? 'control' : 'poll',
    map: name !== undefined && order !== null ? { ...shippedMap(name), order } : name,
    nozzle: nozzles[0]?.n,
    widthGrams: nozzles[0]?.total.widthGrams,
  })
}

/** Link counters a technician asks for, by bus. */
function countBuses(buses: ReadonlyMap<string, ModbusBus>, metrics: Metrics): void {
  const names = ['exchanges', 'timeouts', 'retries', 'lateReplies', 'damagedFrames'] as const
  for (const name of names) {
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    metrics.gauge({
      name: `baari_bus_${snake}_total`,
      help: `Bus counter ${snake}.`,
      grows: true,
      label: 'bus',
      read: () =>
        Object.fromEntries([...buses].map(([id, bus]) => [id, bus.stats()[name]] as const)),
    })
  }
}
