import type { Dispenser } from '@baari/hardware/ports/dispenser'
import type { Result } from '@baari/shared/faults/result'
import type { DeviceLogin } from '../adapters/system/device-logins.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { BusPlan, DispenserPlan, StationPlan } from '../ports/station-plan.ts'
import type { ServiceBook } from '../app/service/service-book.ts'
import type { DispenserLine, OpenLine } from './dispenser-line.ts'
import { serveLine } from './line-of-bus.ts'
import { openLine, type LineParts } from './open-line.ts'
import { served } from './served.ts'
import type { ModbusBus } from './open-modbus-line.ts'

export type StartLines = LineParts & {
  readonly plan: StationPlan
  /** The login of this name; the error says why there is none. */
  readonly login: (name: string) => Result<DeviceLogin, string>
  readonly metrics: Pick<Metrics, 'gauge'>
  readonly service: ServiceBook
}

export type Lines = {
  /** Dispensers by their name in the station file; those without a driver are absent. */
  readonly dispensers: ReadonlyMap<string, Dispenser>
  /** The Modbus bus of this name, opened when nothing hangs on it yet; undefined when unnamed. */
  modbus(id: string): Promise<ModbusBus | undefined>
  stop(): Promise<void>
}

/** How a line with dispensers of this driver is opened; a driver that no line speaks is not loaded. */
const openers: Readonly<
  Record<Exclude<DispenserPlan['driver'], 'pts2' | 'modbus-meter'>, () => Promise<OpenLine>>
> = {
  'wayne-dart': async () => (await import('./open-dart-line.ts')).openDartLine,
  'gilbarco-two-wire': async () => (await import('./open-gilbarco-line.ts')).openGilbarcoLine,
  neogi: async () => (await import('./open-neogi-line.ts')).openNeogiLine,
}

/** Opens every line that a dispenser hangs on and starts the dispensers' polling. */
export async function startLines(parts: StartLines): Promise<Lines> {
  const { plan, log, metrics } = parts
  const lines = new Map<string, DispenserLine>()
  const buses = new Map<string, ModbusBus>()
  const dispensers = new Map<string, Dispenser>()
  for (const device of plan.dispensers) {
    // One line speaks one protocol: the station file is refused otherwise.
    const line = lines.get(device.bus) ?? (await openLineOf(device, { parts, buses }))
    const dispenser = line?.dispenser(device)
    if (!line || !dispenser) {
      const { id, driver, mode } = device
      log({ level: 'error', event: 'no driver', fields: { device: id, driver, mode } })
      continue
    }
    if (!lines.has(device.bus)) serveLine(device.bus, line, parts.service)
    lines.set(device.bus, line)
    dispensers.set(device.id, dispenser)
    parts.service.device(served('dispenser', dispenser))
  }
  countLines(lines, metrics)
  for (const line of lines.values()) line.start()
  for (const dispenser of dispensers.values()) await dispenser.start()
  return {
    dispensers,
    async modbus(id) {
      const open = buses.get(id)
      const busPlan = plan.buses.find((one) => one.id === id)
      if (open || !busPlan) return open
      const line = await openModbusOf(busPlan, { parts, buses })
      serveLine(id, line, parts.service)
      lines.set(id, line)
      line.start()
      return line.bus
    },
    async stop() {
      for (const dispenser of dispensers.values()) await dispenser.dispose('the node stops')
      for (const line of lines.values()) await line.close()
    },
  }
}

type Opening = { readonly parts: StartLines; readonly buses: Map<string, ModbusBus> }

async function openLineOf(device: DispenserPlan, at: Opening): Promise<DispenserLine | null> {
  const { plan, clock, log } = at.parts
  if (device.driver === 'pts2') return openControllerOf(device, at.parts)
  const busPlan = plan.buses.find(({ id }) => id === device.bus)
  if (!busPlan) return null
  if (device.driver === 'modbus-meter') return openModbusOf(busPlan, at)
  const pipe = await pipeOf(busPlan, at.parts)
  const stationControl = plan.station.control
  const open = await openers[device.driver]()
  return open({ plan: busPlan, pipe, stationControl, clock, log })
}

async function openModbusOf(busPlan: BusPlan, { parts, buses }: Opening) {
  const { openModbusLine } = await import('./open-modbus-line.ts')
  const { plan, clock, log } = parts
  const pipe = await pipeOf(busPlan, parts)
  const stationControl = plan.station.control
  const line = openModbusLine({ plan: busPlan, pipe, stationControl, clock, log })
  buses.set(busPlan.id, line.bus)
  return line
}

function pipeOf({ id, link, line: settings, record }: BusPlan, parts: LineParts) {
  return openLine({ id, link, settings, record, answers: true }, parts)
}

async function openControllerOf(
  device: DispenserPlan,
  parts: StartLines,
): Promise<DispenserLine | null> {
  const { plan, clock, log } = parts
  const controller = plan.controllers.find(({ id }) => id === device.bus)
  if (!controller) return null
  const login = parts.login(controller.login)
  if (login.ok) {
    const { openController } = await import('./open-controller.ts')
    const stationControl = plan.station.control
    return openController({ plan: controller, login: login.value, stationControl, clock, log })
  }
  const fields = { controller: controller.id, reason: login.error }
  log({ level: 'error', event: 'no login', fields })
  return null
}

/** Link counters a technician asks for, by bus. */
function countLines(
  lines: ReadonlyMap<string, DispenserLine>,
  metrics: StartLines['metrics'],
): void {
  const names = ['exchanges', 'timeouts', 'retries', 'lateReplies', 'damagedFrames'] as const
  for (const name of names) {
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    metrics.gauge({
      name: `baari_bus_${snake}_total`,
      help: `Bus counter ${snake}.`,
      grows: true,
      label: 'bus',
      read: () =>
        Object.fromEntries([...lines].map(([id, line]) => [id, line.stats()[name]] as const)),
    })
  }
}
