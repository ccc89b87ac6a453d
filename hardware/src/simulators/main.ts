import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { systemClock } from '../transports/system-clock.ts'
import { headDrivers } from './head-families.ts'
import { simulatedLogin } from './pts2-heads.ts'
import { startSimulatedStation, type SimulatedStationOptions } from './simulated-station.ts'
import { startWorldControl } from './world-control.ts'

const environmentSchema = z.object({
  BAARI_SIM_POSITIONS: z.coerce.number().int().min(1).max(32).default(4),
  /** Name of a driver in the station file: the bytes the heads speak. */
  BAARI_SIM_DRIVER: z.enum(headDrivers).optional(),
  BAARI_SIM_SEED: z.coerce.number().int().default(1),
  BAARI_SIM_BUS_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  /** Comma-separated, one per lane. */
  BAARI_SIM_SCANNER_PORTS: z.string().default(''),
  BAARI_SIM_CONTROL_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  BAARI_SIM_FLOW_GRAMS_PER_SECOND: z.coerce.number().int().positive().default(150),
  BAARI_SIM_AUTOPILOT: z.stringbool().default(false),
  BAARI_SIM_WORLD_FILE: z.string().optional(),
  /** The node's file of logins; the controller of the dispensers asks for the one named here. */
  BAARI_SIM_LOGINS_FILE: z.string().optional(),
})

const loginsSchema = z.object({
  [simulatedLogin]: z.object({ user: z.string(), password: z.string() }),
})

/**
 * The station as its own process, so that the node can be killed while gas goes on. Prints one
 * JSON line with its ports when it is ready, and ends at SIGTERM or SIGINT.
 */
export async function main(environment: NodeJS.ProcessEnv): Promise<void> {
  const config = environmentSchema.parse(environment)
  const scanners = config.BAARI_SIM_SCANNER_PORTS.split(',').filter(Boolean).map(Number)
  const station = await startSimulatedStation({
    positions: config.BAARI_SIM_POSITIONS,
    ...(config.BAARI_SIM_DRIVER === undefined ? {} : { driver: config.BAARI_SIM_DRIVER }),
    seed: config.BAARI_SIM_SEED,
    clock: systemClock(),
    ports: { bus: config.BAARI_SIM_BUS_PORT, scanners },
    flowGramsPerSecond: config.BAARI_SIM_FLOW_GRAMS_PER_SECOND,
    autopilot: config.BAARI_SIM_AUTOPILOT,
    ...(config.BAARI_SIM_WORLD_FILE === undefined
      ? {}
      : { worldFile: config.BAARI_SIM_WORLD_FILE }),
    ...loginIn(config.BAARI_SIM_LOGINS_FILE),
  })
  const control = await startWorldControl(station, config.BAARI_SIM_CONTROL_PORT)
  const ready = {
    busPort: station.busPort,
    busPorts: station.busPorts,
    scannerPorts: station.scannerPorts,
    controlPort: control.port,
  }
  process.stdout.write(`${JSON.stringify(ready)}\n`)
  const end = (): void => {
    void Promise.all([control.close(), station.close()]).then(() => process.exit(0))
  }
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
}

function loginIn(path: string | undefined): Pick<SimulatedStationOptions, 'login'> {
  if (path === undefined) return {}
  return { login: loginsSchema.parse(JSON.parse(readFileSync(path, 'utf8')))[simulatedLogin] }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.env)
