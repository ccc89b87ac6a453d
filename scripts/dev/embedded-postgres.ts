import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import {
  closedFolderAbove,
  postgresBinaries,
  serverUser,
  type PostgresBinaries,
  type ServerUser,
} from './postgres-binaries.ts'
import { clearLeftover, endServer, postmasterFile } from './postgres-leftover.ts'

export type PostgresOptions = {
  /** Holds `data/`, `password` and `server.log`; made when missing, kept over restarts. */
  readonly folder: string
  /** TCP port on 127.0.0.1. */
  readonly port: number
  /** False drops fsync, for databases that live as long as one test run. */
  readonly durable?: boolean
  /** Further server settings, such as `{ wal_level: 'logical' }`. */
  readonly settings?: Readonly<Record<string, string>>
}

export type RunningPostgres = {
  /** Connection address of the database `baari`, password included. */
  readonly url: string
  readonly pid: number
  /** Fast shutdown; returns when the process is gone. Harmless when called again. */
  readonly stop: () => Promise<void>
}

type Place = {
  readonly folder: string
  readonly data: string
  readonly log: string
  readonly user: ServerUser | undefined
  readonly binaries: PostgresBinaries
}

/** Crash recovery after a power cut replays the log before the server is ready. */
const startPatienceMs = 120_000
const lookAgainMs = 20
const logBytesMax = 10 * 1024 * 1024
const superuser = 'baari'
const database = 'baari'

const volatile = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

function prepare(options: PostgresOptions): Place {
  const folder = resolve(options.folder)
  const user = serverUser()
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  if (user !== undefined) {
    const closed = closedFolderAbove(join(folder, '..'))
    if (closed !== undefined) {
      throw new Error(
        `PostgreSQL runs as user postgres, which cannot pass ${closed}: choose another folder than ${folder}`,
      )
    }
    chownSync(folder, user.uid, user.gid)
  }
  return {
    folder,
    user,
    data: join(folder, 'data'),
    log: join(folder, 'server.log'),
    binaries: postgresBinaries(user),
  }
}

/** The superuser's password, made at the first start and readable by the server's user only. */
function password({ folder, user }: Place): string {
  const file = join(folder, 'password')
  if (!existsSync(file)) {
    writeFileSync(file, `${randomBytes(18).toString('base64url')}\n`, { mode: 0o600 })
    if (user !== undefined) chownSync(file, user.uid, user.gid)
  }
  return readFileSync(file, 'utf8').trim()
}

/** Makes the cluster beside its place and moves it there whole: a killed initdb leaves no half. */
async function initialise(place: Place, durable: boolean): Promise<void> {
  if (existsSync(place.data)) return
  const draft = `${place.data}.new`
  rmSync(draft, { recursive: true, force: true })
  await promisify(execFile)(
    place.binaries.initdb,
    [
      `--pgdata=${draft}`,
      `--username=${superuser}`,
      `--pwfile=${join(place.folder, 'password')}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--no-locale',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(durable ? [] : ['--no-sync']),
    ],
    { ...place.user, cwd: place.folder, timeout: startPatienceMs },
  )
  renameSync(draft, place.data)
}

/** @throws Error in plain words when something else listens on the port */
async function requireFreePort(port: number): Promise<void> {
  const probe = createServer()
  await new Promise<void>((free, taken) => {
    probe.once('error', (reason: NodeJS.ErrnoException) =>
      taken(
        reason.code === 'EADDRINUSE'
          ? new Error(`port ${port} is in use by another program; PostgreSQL needs it`)
          : reason,
      ),
    )
    probe.listen({ port, host: '127.0.0.1' }, () => probe.close(() => free()))
  })
}

/** A port that is free now, for servers that tell their port to whoever needs it. */
export async function freePort(): Promise<number> {
  const probe = createServer()
  return new Promise((found, failed) => {
    probe.once('error', failed)
    probe.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = probe.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      probe.close(() => found(port))
    })
  })
}

function launch(place: Place, options: PostgresOptions): ChildProcess {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...(options.durable === false ? volatile : {}),
    ...options.settings,
  }
  if (existsSync(place.log) && statSync(place.log).size > logBytesMax) {
    renameSync(place.log, `${place.log}.1`)
  }
  const log = openSync(place.log, 'a')
  const child = spawn(
    place.binaries.postgres,
    [
      ...['-D', place.data, '-p', String(options.port)],
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    {
      ...place.user,
      cwd: place.folder,
      // A group of its own: Ctrl-C in a terminal must not stop the store before its users.
      detached: true,
      stdio: ['ignore', log, log],
    },
  )
  closeSync(log)
  return child
}

async function untilReady(child: ChildProcess, place: Place): Promise<void> {
  let failed: Error | undefined
  child.once('error', (reason) => (failed = reason))
  for (let waited = 0; waited < startPatienceMs; waited += lookAgainMs) {
    if (failed !== undefined) throw failed
    if (child.exitCode !== null || child.signalCode !== null) break
    const file = postmasterFile(place.data)
    if (file?.pid === child.pid && file?.ready === true) return
    await sleep(lookAgainMs)
  }
  if (child.pid !== undefined) await endServer(child.pid)
  const last = readFileSync(place.log, 'utf8').trim().split('\n').slice(-5).join('\n')
  throw new Error(`PostgreSQL did not start; the end of ${place.log}:\n${last}`)
}

async function createDatabase(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database])
    if (known.rowCount === 0) await client.query(`CREATE DATABASE ${database}`)
  } finally {
    await client.end()
  }
}

/**
 * Starts a real PostgreSQL of our own in `folder`, on loopback only. The data stays over restarts
 * and over a SIGKILL of this process, whose server the next start finds, stops and replaces.
 * @throws Error in plain words: port in use, folder closed to the server's user, start failed
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const place = prepare(options)
  const secret = password(place)
  await initialise(place, options.durable !== false)
  await clearLeftover(place.data)
  await requireFreePort(options.port)
  const child = launch(place, options)
  const endWithUs = (): void => void child.kill('SIGINT')
  process.once('exit', endWithUs)
  await untilReady(child, place)
  const at = `postgres://${superuser}:${secret}@127.0.0.1:${options.port}`
  await createDatabase(`${at}/postgres`)
  return {
    url: `${at}/${database}`,
    pid: child.pid ?? 0,
    stop: async () => {
      process.removeListener('exit', endWithUs)
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
        await endServer(child.pid)
    },
  }
}
