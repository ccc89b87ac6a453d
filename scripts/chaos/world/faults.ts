import type { Prng } from '@baari/shared/runtime/chance'
import { wholeBetween } from '@baari/shared/testing/seeded-prng'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { FaultyLink, LinkFault } from '../../clients/faulty-link.ts'
import type { Part } from '../../dev/world/part.ts'
import type { FreshWorld } from '../../dev/world/fresh-world.ts'
import { cutNow } from '../power-cut/power-cut.ts'
import type { Underneath } from './node-under-test.ts'

/** The lines of a world that can be troubled. */
export type Lines = {
  /** Between the node and the cloud. */
  readonly cloud: FaultyLink
  /** Between the cloud and its database. */
  readonly database: FaultyLink
  /** Between the node and the dispensers. */
  readonly bus: FaultyLink
}

export type Troubled = {
  readonly world: FreshWorld
  readonly lines: Lines
  readonly underneath: Underneath
  readonly prng: Prng
}

/** One trouble from its beginning to its end; it leaves the world as it was. */
type Trouble = (troubled: Troubled) => Promise<void>

const seconds = (prng: Prng, low: number, high: number): Promise<void> =>
  sleep(wholeBetween(prng, low * 1_000, high * 1_000))

function kill(part: Part, signal: NodeJS.Signals): void {
  const pid = part.pid()
  if (pid === undefined) return
  try {
    process.kill(pid, signal)
  } catch {
    // It had just ended by another trouble.
  }
}

async function frozen(part: Part, prng: Prng): Promise<void> {
  kill(part, 'SIGSTOP')
  await seconds(prng, 1, 8)
  kill(part, 'SIGCONT')
}

async function during(line: FaultyLink, fault: LinkFault, by: Promise<void>) {
  line.set(fault)
  await by
  line.set({ kind: 'none' })
  // What a dead router had taken is lost with its connections.
  if (fault.kind === 'half-open') line.drop()
}

async function stepped({ underneath, prng }: Troubled, offsetMs: number): Promise<void> {
  underneath.clock?.stepTo(offsetMs)
  await seconds(prng, 3, 12)
  underneath.clock?.stepTo(0)
}

/** Ends one of the database's processes as a fault of memory would: the server recovers by itself. */
async function crashDatabase({ databaseUrl }: FreshWorld): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch {
    // It is still recovering from the crash before: this trouble is already there.
    return
  }
  const { rows } = await client.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'
     AND pid <> pg_backend_pid() LIMIT 1`,
  )
  if (rows[0] !== undefined) process.kill(rows[0].pid, 'SIGKILL')
  await client.end().catch(() => undefined)
}

const hourMs = 3_600_000

/** Every trouble by its name. */
export const troubles = {
  'node killed': ({ world }) => Promise.resolve(kill(world.parts.edge, 'SIGKILL')),
  'power of the node cut': ({ world, underneath }) => {
    const pid = world.parts.edge.pid()
    if (pid !== undefined) cutNow(pid)
    underneath.afterCut()
    return Promise.resolve()
  },
  'node frozen': ({ world, prng }) => frozen(world.parts.edge, prng),
  'cloud killed': ({ world }) => Promise.resolve(kill(world.parts.cloud, 'SIGKILL')),
  'cloud frozen': ({ world, prng }) => frozen(world.parts.cloud, prng),
  'database crashed': ({ world }) => crashDatabase(world),
  'database restarted': ({ world }) => world.restartDatabase(),
  'line to the database cut': ({ lines, prng }) =>
    during(lines.database, { kind: 'cut' }, seconds(prng, 1, 6)),
  'line to the cloud cut': ({ lines, prng }) =>
    during(lines.cloud, { kind: 'cut' }, seconds(prng, 1, 15)),
  'line to the cloud half open': ({ lines, prng }) =>
    during(lines.cloud, { kind: 'half-open' }, seconds(prng, 5, 40)),
  'line to the cloud slow': ({ lines, prng }) =>
    during(
      lines.cloud,
      { kind: 'slow', bytesPerSecond: wholeBetween(prng, 2_000, 20_000) },
      seconds(prng, 10, 25),
    ),
  'line to the cloud loses connections': ({ lines, prng }) =>
    during(lines.cloud, { kind: 'loss', share: 0.1 }, seconds(prng, 5, 20)),
  'answers of the cloud stall': ({ lines, prng }) =>
    during(lines.cloud, { kind: 'stall', ms: 8_000, way: 'down' }, seconds(prng, 10, 30)),
  'line to the dispensers cut': ({ lines, prng }) =>
    during(lines.bus, { kind: 'cut' }, seconds(prng, 1, 6)),
  'line to the dispensers half open': ({ lines, prng }) =>
    during(lines.bus, { kind: 'half-open' }, seconds(prng, 1, 6)),
  'clock a day ahead': (troubled) => stepped(troubled, 24 * hourMs),
  'clock a day behind': (troubled) => stepped(troubled, -24 * hourMs),
  'clock an hour ahead': (troubled) => stepped(troubled, hourMs),
  'disk full': async ({ underneath, prng }) => {
    underneath.disk?.fill()
    await seconds(prng, 5, 15)
    underneath.disk?.clear()
  },
} as const satisfies Record<string, Trouble>

export type TroubleName = keyof typeof troubles

/** The troubles this machine can make; of those `only` names when it does. */
export function possibleTroubles(
  { clock, canCutPower, disk }: Underneath,
  only: readonly string[] = [],
): readonly TroubleName[] {
  const names = Object.keys(troubles) as readonly TroubleName[]
  const meant = only.length === 0 ? names : names.filter((name) => only.includes(name))
  return meant.filter(
    (name) =>
      (canCutPower || name !== 'power of the node cut') &&
      (clock !== undefined || !name.startsWith('clock')) &&
      (disk !== undefined || name !== 'disk full'),
  )
}
