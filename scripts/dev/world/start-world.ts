import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startPostgres } from '../embedded-postgres.ts'
import { endLeftovers } from './leftovers.ts'
import { answers, startPart, type Part } from './part.ts'
import { refuseTakenPorts, type Places } from './places.ts'
import { worldSecrets, type WorldSecrets } from './secrets.ts'
import { enrolStation } from './enrol-station.ts'
import { seedCloud, seedNode, type StationChanges } from './seed.ts'

export type WorldOptions = {
  /** Holds everything the world keeps. */
  readonly folder: string
  readonly secretsFolder: string
  readonly places: Places
  /** Grams per second a simulated dispenser delivers. */
  readonly flowGramsPerSecond: number
  /** Simulated drivers come, lift and hang up by themselves. */
  readonly autopilot: boolean
  readonly station?: StationChanges
  readonly say: (line: string) => void
}

export type World = {
  readonly secrets: WorldSecrets
  readonly databaseUrl: string
  readonly parts: {
    readonly sandbox: Part
    readonly cloud: Part
    readonly station: Part
    readonly edge: Part
  }
  /** Starts the cloud anew after it was stopped for a test of a station without it. */
  startCloud(): Promise<Part>
  /** Ends every part in reverse order; harmless when called again. */
  stop(): Promise<void>
}

const host = '127.0.0.1'

/**
 * One of each, on loopback: PostgreSQL, the vendors' sandbox, the cloud, a simulated station with
 * four positions that speaks bytes over TCP, and the node. What started is ended again when a
 * later part fails.
 */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { folder, places, say } = options
  const pidFolder = join(folder, 'parts')
  const left = await endLeftovers(pidFolder)
  if (left.length > 0) say(`ended what an earlier start left running: ${left.join(', ')}`)
  await refuseTakenPorts(places)
  const logFolder = join(folder, 'logs')
  mkdirSync(logFolder, { recursive: true })
  const secrets = await worldSecrets(options.secretsFolder)
  const started: { stop(): Promise<void> }[] = []
  const stop = async (): Promise<void> => {
    for (const part of started.splice(0).reverse()) await part.stop()
  }
  const begin = async (name: string, entry: string, rest: Start): Promise<Part> => {
    const part = await startPart({ name, entry, logFolder, pidFolder, onRestart: say, ...rest })
    started.push(part)
    return part
  }
  try {
    say('starting PostgreSQL')
    const postgres = await startPostgres({
      folder: join(folder, 'postgres'),
      port: places.postgres,
      settings: { wal_level: 'logical' },
    })
    started.push(postgres)
    await seedCloud(postgres.url, secrets)
    say('starting sandbox, cloud, simulated station and node')
    const startCloud = (): Promise<Part> =>
      begin('cloud', 'cloud/src/main.ts', cloudPart(options, postgres.url))
    const sandbox = await begin('sandbox', 'scripts/sandbox/main.ts', sandboxPart(places))
    const cloud = await startCloud()
    const edgeFolder = join(folder, 'edge')
    seedNode({ folder: edgeFolder, places, station: options.station })
    await enrolStation({
      ...{ edgeFolder, databaseUrl: postgres.url, login: secrets.operator, say },
      cloudUrl: `http://${host}:${places.cloud}`,
    })
    const parts = {
      sandbox,
      cloud,
      station: await begin('station', 'hardware/src/simulators/main.ts', stationPart(options)),
      edge: await begin('edge', 'edge/src/main.ts', edgePart(options)),
    }
    return { secrets, databaseUrl: postgres.url, parts, startCloud, stop }
  } catch (reason) {
    await stop()
    throw reason
  }
}

type Start = {
  readonly env: Readonly<Record<string, string>>
  readonly ready: () => Promise<boolean>
}

function sandboxPart({ sandbox }: Places): Start {
  return {
    env: { SANDBOX_PORT: String(sandbox) },
    ready: () => answers(`http://${host}:${sandbox}/log`),
  }
}

function cloudPart({ folder, places }: WorldOptions, databaseUrl: string): Start {
  return {
    env: {
      BAARI_CLOUD_PORT: String(places.cloud),
      BAARI_DATABASE_URL: databaseUrl,
      BAARI_CLOUD_DATA: join(folder, 'cloud'),
      BAARI_DRIVER_WEB: join(import.meta.dirname, '../../../cloud/driver-web/dist'),
      SANDBOX_URL: `http://${host}:${places.sandbox}`,
    },
    ready: () => answers(`http://${host}:${places.cloud}/readyz`),
  }
}

function stationPart({ folder, places, flowGramsPerSecond, autopilot }: WorldOptions): Start {
  return {
    env: {
      BAARI_SIM_POSITIONS: '4',
      BAARI_SIM_BUS_PORT: String(places.bus),
      BAARI_SIM_SCANNER_PORTS: places.scanners.join(','),
      BAARI_SIM_CONTROL_PORT: String(places.stationControl),
      BAARI_SIM_FLOW_GRAMS_PER_SECOND: String(flowGramsPerSecond),
      BAARI_SIM_AUTOPILOT: String(autopilot),
      BAARI_SIM_WORLD_FILE: join(folder, 'station-world.json'),
    },
    ready: () => answers(`http://${host}:${places.stationControl}/world`),
  }
}

function edgePart({ folder, places }: WorldOptions): Start {
  return {
    env: {
      BAARI_DATA: join(folder, 'edge'),
      BAARI_PORT: String(places.edge),
      BAARI_MQTT_PORT: String(places.mqtt),
      BAARI_CLOUD_URL: `http://${host}:${places.cloud}`,
      BAARI_BACKUP: join(folder, 'edge-backups'),
    },
    ready: () => answers(`http://${host}:${places.edge}/readyz`),
  }
}
