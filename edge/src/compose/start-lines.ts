import { createModbusMeter } from '@baari/hardware/drivers/modbus-meter/modbus-meter'
import { modbusMeterConfigSchema } from '@baari/hardware/drivers/modbus-meter/manifest'
import { mapNames, shippedMap } from '@baari/hardware/drivers/modbus-meter/register-map'
import type { BytePipe } from '@baari/hardware/ports/byte-pipe'
import type { Bus } from '@baari/hardware/ports/bus'
import type { Dispenser } from '@baari/hardware/ports/dispenser'
import { createModbusMasterCodec } from '@baari/hardware/protocols/modbus/frame-codec'
import type { ModbusReply, ModbusRequest } from '@baari/hardware/protocols/modbus/frames'
import { createBus } from '@baari/hardware/transports/bus'
import { createSerialPipe } from '@baari/hardware/transports/serial-pipe'
import { spinningWait } from '@baari/hardware/transports/system-clock'
import { createTcpPipe } from '@baari/hardware/transports/tcp-pipe'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { BusPlan, DispenserPlan, PortMatch, StationPlan } from '../ports/station-plan.ts'

export type StartLines = {
  readonly plan: StationPlan
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
}

type ModbusBus = Bus<ModbusRequest, ModbusReply>

export type Lines = {
  /** Dispensers by their name in the station file; those without a driver are absent. */
  readonly dispensers: ReadonlyMap<string, Dispenser>
  stop(): Promise<void>
}

/** Opens every Modbus line that a dispenser hangs on and starts the dispensers' polling. */
export async function startLines({ plan, clock, log, metrics }: StartLines): Promise<Lines> {
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
    const bus = buses.get(device.bus) ?? openBus(busPlan, clock)
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
    async stop() {
      for (const dispenser of dispensers.values()) await dispenser.dispose('the node stops')
      for (const bus of buses.values()) await bus.close()
    },
  }
}

function openBus({ id, line, link, echo }: BusPlan, clock: Clock): ModbusBus {
  const pipe: BytePipe =
    link.kind === 'tcp'
      ? createTcpPipe({ name: id, clock, host: link.host, port: link.port })
      : createSerialPipe({
          name: id,
          clock,
          match: serialMatch(link.match),
          baud: line.baud,
          dataBits: 8,
          parity: line.parity,
          stopBits: line.stopBits,
        })
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

export function serialMatch(match: PortMatch): Parameters<typeof createSerialPipe>[0]['match'] {
  switch (match.kind) {
    case 'by-id':
      return { by_id: match.pattern }
    case 'path':
      return { path: match.path }
    case 'usb': {
      const { vid, pid, serial } = match
      return {
        vid,
        ...(pid === undefined ? {} : { pid }),
        ...(serial === undefined ? {} : { serial }),
      }
    }
  }
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
