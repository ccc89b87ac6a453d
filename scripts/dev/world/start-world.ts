import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { windowList } from '@baari/shared/contracts/http/cloud-api'
import { edgeProgram } from '../../bootstrap/edge-program.mjs'
import { startPostgres } from '../embedded-postgres.ts'
import { endLeftovers } from './leftovers.ts'
import { answers, startPart, type Part, type PartOptions } from './part.ts'
import { writeSimulatedLogin } from '../../clients/simulated-login.ts'
import { refuseTakenPorts, type Places } from './places.ts'
import { worldSecrets, type WorldSecrets } from './secrets.ts'
import { enrolStation } from './enrol-station.ts'
import { demoStation, seedCloud, seedNode, type StationChanges } from './seed.ts'

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
  /** Where a line with troubles stands between two parts: the port the first of them is told. */
  readonly ways?: { readonly cloud?: number; readonly database?: number }
  /** Where the simulated station keeps its counters; in `folder` where nothing is said. */
  readonly stationWorldFile?: string
  /** The node as it is built for stations, instead of its source. */
  readonly builtEdge?: boolean
  /** What the node's process is started with beside its own settings. */
  readonly edgeEnv?: Readonly<Record<string, string>>
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
  /** Stops the database in the midst of its work and starts it again on the same data. */
  restartDatabase(): Promise<void>
  /** Starts the cloud anew after it was stopped for a test of a station without it. */
  startCloud(): Promise<Part>
  /** Starts the node anew after it was stopped, on the file it left. */
  startEdge(): Promise<Part>
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
    const database = (): ReturnType<typeof startPostgres> =>
      startPostgres({
        folder: join(folder, 'postgres'),
        port: places.postgres,
        settings: { wal_level: 'logical' },
      })
    let postgres = await database()
    started.push({ stop: () => postgres.stop() })
    await seedCloud(postgres.url, secrets)
    say('starting sandbox, cloud, simulated station and node')
    const startCloud = (): Promise<Part> =>
      begin('cloud', 'cloud/src/main.ts', cloudPart(options, postgres.url, secrets))
    const startEdge = (): Promise<Part> => begin('edge', edgeEntry(options), edgePart(options))
    const sandbox = await begin('sandbox', 'scripts/sandbox/main.ts', sandboxPart(places, secrets))
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
      edge: await startEdge(),
    }
    await capacityLent(places, say)
    const restartDatabase = async (): Promise<void> => {
      await postgres.stop()
      postgres = await database()
    }
    const { url: databaseUrl } = postgres
    return { secrets, databaseUrl, parts, restartDatabase, startCloud, startEdge, stop }
  } catch (reason) {
    await stop()
    throw reason
  }
}

const lentWithinMs = 30_000

/**
 * The node grants the cloud its share once its positions have answered; until then no window is
 * sold. A world whose next hour is full for another reason starts all the same, a little later.
 */
async function capacityLent({ cloud }: Places, say: (line: string) => void): Promise<void> {
  const url = `http://${host}:${cloud}/v1/stations/${demoStation.no}/windows`
  const end = Date.now() + lentWithinMs
  while (Date.now() < end) {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) })
    const { windows } = windowList.parse(await response.json())
    if (windows.slice(0, soonWindows).some(({ state }) => state !== 'full')) return
    await wait(200)
  }
  say('the cloud has no free window in the next hour')
}

const soonWindows = 6

const edgeEntry = ({ builtEdge = false }: WorldOptions): string =>
  builtEdge ? edgeProgram.file : 'edge/src/main.ts'

type Start = Pick<PartOptions, 'nodeArguments'> & {
  readonly env: Readonly<Record<string, string>>
  readonly ready: () => Promise<boolean>
}

const carrierEnv = ({ carrier }: WorldSecrets): Readonly<Record<string, string>> => ({
  TWILIO_ACCOUNT_SID: carrier.accountSid,
  TWILIO_AUTH_TOKEN: carrier.authToken,
})

function sandboxPart({ sandbox }: Places, secrets: WorldSecrets): Start {
  return {
    env: { SANDBOX_PORT: String(sandbox), ...carrierEnv(secrets) },
    ready: () => answers(`http://${host}:${sandbox}/log`),
  }
}

function cloudPart(
  { folder, places, ways }: WorldOptions,
  databaseUrl: string,
  secrets: WorldSecrets,
): Start {
  const database = new URL(databaseUrl)
  database.port = String(ways?.database ?? places.postgres)
  return {
    env: {
      BAARI_CLOUD_PORT: String(places.cloud),
      BAARI_DATABASE_URL: database.href,
      BAARI_CLOUD_DATA: join(folder, 'cloud'),
      BAARI_DRIVER_WEB: join(import.meta.dirname, '../../../cloud/driver-web/dist'),
      BAARI_DASHBOARD: join(import.meta.dirname, '../../../cloud/dashboard/dist'),
      SANDBOX_URL: `http://${host}:${places.sandbox}`,
      BAARI_ROUTES_URL: `http://${host}:${places.sandbox}`,
      BAARI_PUBLIC_URL: `http://${host}:${places.cloud}`,
      TWILIO_FROM: 'BAARI',
      ...carrierEnv(secrets),
    },
    ready: () => answers(`http://${host}:${places.cloud}/readyz`),
  }
}

function stationPart(options: WorldOptions): Start {
  const { folder, places, flowGramsPerSecond, autopilot } = options
  return {
    env: {
      BAARI_SIM_POSITIONS: '4',
      ...(options.station?.driver === undefined
        ? {}
        : { BAARI_SIM_DRIVER: options.station.driver }),
      BAARI_SIM_BUS_PORT: String(places.bus),
      BAARI_SIM_LOGINS_FILE: writeSimulatedLogin(join(folder, 'edge')),
      BAARI_SIM_SCANNER_PORTS: places.scanners.join(','),
      BAARI_SIM_CONTROL_PORT: String(places.stationControl),
      BAARI_SIM_FLOW_GRAMS_PER_SECOND: String(flowGramsPerSecond),
      BAARI_SIM_AUTOPILOT: String(autopilot),
      BAARI_SIM_WORLD_FILE: options.stationWorldFile ?? join(folder, 'station-world.json'),
    },
    ready: () => answers(`http://${host}:${places.stationControl}/world`),
  }
}

function edgePart({ folder, places, ways, edgeEnv, builtEdge = false }: WorldOptions): Start {
  return {
    ...(builtEdge && { nodeArguments: edgeProgram.nodeArguments }),
    env: {
      ...(builtEdge && edgeProgram.env),
      ...edgeEnv,
      BAARI_DATA: join(folder, 'edge'),
      BAARI_PORT: String(places.edge),
      BAARI_MQTT_PORT: String(places.mqtt),
      BAARI_CLOUD_URL: `http://${host}:${ways?.cloud ?? places.cloud}`,
      BAARI_BACKUP: join(folder, 'edge-backups'),
    },
    ready: () => answers(`http://${host}:${places.edge}/readyz`),
  }
}
