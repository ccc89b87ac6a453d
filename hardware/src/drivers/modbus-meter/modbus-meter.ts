import type { Fault } from '@baari/shared/faults/no'
import type { DriverContext } from '../../ports/device.ts'
import { nozzleNo, type Dispenser } from '../../ports/dispenser.ts'
import { fault } from '../../transports/line-faults.ts'
import type { DispenserWire } from '../dispenser-wire.ts'
import type { MeterLimits } from '../live-frame.ts'
import { PolledDispenser } from '../polled-dispenser.ts'
import { SalesBySequence } from '../sales-by-sequence.ts'
import { readBlock, usualRead, type ModbusBus, type ModbusStation } from './block-reader.ts'
import { liveFrame } from './live-frame.ts'
import { modbusMeterManifest, type ModbusMeterConfig } from './manifest.ts'
import { MeterCommands } from './meter-commands.ts'
import { readLastSale, readTotals } from './meter-readings.ts'
import { selfTestMeter } from './meter-self-test.ts'
import { shippedMap, totalIsExact } from './register-map.ts'

/** What the driver needs besides its configuration. */
export type ModbusMeterParts = DriverContext & {
  readonly bus: ModbusBus
  /** `station.control` of the station file: without it every device is read only. */
  readonly stationControl: boolean
}

export { modbusMeterManifest }

/** A mass meter or a controllable head on a Modbus line, as a dispenser. */
export function createModbusMeter(config: ModbusMeterConfig, parts: ModbusMeterParts): Dispenser {
  const { bus, clock, stationControl } = parts
  const { id, address, timeoutMs, maxFlowGramsPerSecond, pollMs, activePollMs } = config
  const map = typeof config.map === 'string' ? shippedMap(config.map) : config.map
  const station = { deviceId: id, bus, clock, address, map, timeoutMs }
  const limits = { maxFlowGramsPerSecond, widthGrams: config.widthGrams ?? map.widthGrams }
  const mode = stationControl ? config.mode : 'poll'
  const setup = { id, mode, limits, pollMs, activePollMs }
  return new PolledDispenser(modbusWire(config, station, limits), setup, parts)
}

function modbusWire(
  config: ModbusMeterConfig,
  station: ModbusStation,
  limits: MeterLimits,
): DispenserWire {
  const { map, bus, address } = station
  const nozzle = nozzleNo(config.nozzle)
  const lastSale = () => readLastSale(station, nozzle)
  const sales = new SalesBySequence(lastSale)
  const commands = map.command === undefined ? null : new MeterCommands(station, map.command)
  return {
    nozzle,
    async look(options) {
      const read = await readBlock(station, 'live', { ...usualRead, ...options })
      return read.ok ? { ok: true, value: liveFrame(map, nozzle, read.value) } : read
    },
    newSale: (frame) => sales.newSale(frame),
    totals: () => readTotals(station, limits),
    lastSale,
    send: commands === null ? null : (command) => commands.send(command),
    selfTest: () => selfTestMeter(station, limits),
    unfit: () => unfit(config, station),
    onLineOpen: (call) => bus.onState((state) => state === 'open' && call()),
    backOffUntil: () => bus.health(address).backOffUntil,
  }
}

/** Gas only flows on what was checked against the device's manual or at its commissioning. */
function unfit(
  { commissioned }: ModbusMeterConfig,
  { map, deviceId }: ModbusStation,
): Fault | null {
  if ((map.verified || commissioned) && totalIsExact(map)) return null
  return fault('device_unverified', deviceId, `map ${map.name} is not fit to sell by`)
}
