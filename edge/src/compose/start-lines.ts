import type { Dispenser } from '@baari/hardware/ports/dispenser'
import type { Result } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import type { DeviceLogin } from '../adapters/system/device-logins.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { DispenserPlan, StationPlan } from '../ports/station-plan.ts'
import type { DispenserLine, OpenLine } from './dispenser-line.ts'
import { openController } from './open-controller.ts'
import { openDartLine } from './open-dart-line.ts'
import { openGilbarcoLine } from './open-gilbarco-line.ts'
import { openModbusLine } from './open-modbus-line.ts'
import { openNeogiLine } from './open-neogi-line.ts'

export type StartLines = {
  readonly plan: StationPlan
  /** The login of this name; the error says why there is none. */
  readonly login: (name: string) => Result<DeviceLogin, string>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Pick<Metrics, 'gauge'>
}

export type Lines = {
  /** Dispensers by their name in the station file; those without a driver are absent. */
  readonly dispensers: ReadonlyMap<string, Dispenser>
  stop(): Promise<void>
}

/** How a line with dispensers of this driver is opened. */
const openers: Readonly<Record<Exclude<DispenserPlan['driver'], 'pts2'>, OpenLine>> = {
  'modbus-meter': openModbusLine,
  'wayne-dart': openDartLine,
  'gilbarco-two-wire': openGilbarcoLine,
  neogi: openNeogiLine,
}

/** Opens every line that a dispenser hangs on and starts the dispensers' polling. */
export async function startLines(parts: StartLines): Promise<Lines> {
  const { plan, log, metrics } = parts
  const lines = new Map<string, DispenserLine>()
  const dispensers = new Map<string, Dispenser>()
  for (const device of plan.dispensers) {
    // One line speaks one protocol: the station file is refused otherwise.
    const line = lines.get(device.bus) ?? openLineOf(device, parts)
    const dispenser = line?.dispenser(device)
    if (!line || !dispenser) {
      const { id, driver, mode } = device
      log({ level: 'error', event: 'no driver', fields: { device: id, driver, mode } })
      continue
    }
    lines.set(device.bus, line)
    dispensers.set(device.id, dispenser)
  }
  countLines(lines, metrics)
  for (const line of lines.values()) line.start()
  for (const dispenser of dispensers.values()) await dispenser.start()
  return {
    dispensers,
    async stop() {
      for (const dispenser of dispensers.values()) await dispenser.dispose('the node stops')
      for (const line of lines.values()) await line.close()
    },
  }
}

function openLineOf(device: DispenserPlan, parts: StartLines): DispenserLine | null {
  const { plan, clock, log } = parts
  if (device.driver === 'pts2') return openControllerOf(device, parts)
  const busPlan = plan.buses.find(({ id }) => id === device.bus)
  const open = openers[device.driver]
  const stationControl = plan.station.control
  return busPlan && open ? open({ plan: busPlan, stationControl, clock, log }) : null
}

function openControllerOf(device: DispenserPlan, parts: StartLines): DispenserLine | null {
  const { plan, clock, log } = parts
  const controller = plan.controllers.find(({ id }) => id === device.bus)
  if (!controller) return null
  const login = parts.login(controller.login)
  if (login.ok) {
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
