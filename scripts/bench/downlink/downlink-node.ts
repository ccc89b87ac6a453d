import { randomBytes, sign } from 'node:crypto'
import Database from 'better-sqlite3'
import { startLedgerThread } from '@baari/edge/adapters/ledger/ledger-client'
import { electricSource } from '@baari/edge/adapters/sync/electric-source'
import { httpLine } from '@baari/edge/adapters/sync/http-line'
import { systemClock } from '@baari/edge/adapters/system/system-clock'
import { systemIds } from '@baari/edge/adapters/system/system-ids'
import { followShape } from '@baari/edge/app/sync/follow-shape'
import { sessionKeeper, type SessionKeeper } from '@baari/edge/app/sync/session-keeper'
import { stationClock } from '@baari/edge/app/sync/station-clock'
import type { SyncCommands } from '@baari/edge/app/sync/sync-commands'
import type { Ledger } from '@baari/edge/ports/ledger'
import { stationNo } from '@baari/shared/units/names'
import { instant, mono } from '@baari/shared/units/time'
import { bookingId, type DownlinkCloud } from './downlink-cloud.ts'

export type DownlinkNode = {
  /** Token of the node's session, for requests of the bench's own. */
  token(): Promise<string>
  follow(): Promise<void>
  unfollow(): void
  /** Settles when the booking can be read in the node's file; the moment it could. */
  visible(n: number): Promise<number>
  stop(): Promise<void>
}

const visibleWithinMs = 120_000
const thread = new URL('../../../edge/src/compose/ledger-thread.ts', import.meta.url)

/** The follower of a station's node: its real ledger thread, its session and its shape stream. */
export async function startDownlinkNode(file: string, cloud: DownlinkCloud): Promise<DownlinkNode> {
  const time = stationClock(systemClock)
  const faults: unknown[] = []
  const ledger = await openLedger(file, { cloud, time, faults })
  const keeper = keeperOf(cloud, ledger)
  const beside = new Database(file, { readonly: true })
  const found = beside.prepare<[string], object>('SELECT 1 FROM booking WHERE id = ?')
  const isThere = (n: number): boolean => found.get(bookingId(n)) !== undefined
  let follower: { stop(): void } | undefined

  return {
    async token() {
      const session = await keeper.ensure(undefined, AbortSignal.timeout(10_000))
      if (session === undefined) throw new Error('the cloud gave no session')
      return session.token
    },
    async follow() {
      follower = await followShape(
        {
          source: electricSource({ baseUrl: cloud.url, fetch, keeper, clock: systemClock }),
          ...{ ledger, clock: systemClock, now: () => time.now().at },
          onOps: () => undefined,
          onRefused: (_name, error) => faults.push(error),
          onFault: (error) => faults.push(error),
        },
        'booking',
      )
    },
    unfollow: () => follower?.stop(),
    visible: (n) => visibleIn(ledger, { isThere: () => isThere(n), faults }),
    async stop() {
      follower?.stop()
      beside.close()
      await ledger.close()
    },
  }
}

type Opening = {
  readonly cloud: DownlinkCloud
  readonly time: ReturnType<typeof stationClock>
  readonly faults: unknown[]
}

function openLedger(file: string, { cloud, time, faults }: Opening): Promise<Ledger<SyncCommands>> {
  return startLedgerThread<SyncCommands>({
    script: thread,
    at: {
      file,
      station: stationNo(cloud.station.no),
      boot: randomBytes(8).toString('hex'),
      instance: systemIds().uuid(),
      version: 'bench',
      now: { at: instant(Date.now()), mono: mono(0), trusted: false },
    },
    clock: systemClock,
    now: () => time.now(),
    onFailure: (failure) => faults.push(failure),
  })
}

function keeperOf({ url, station }: DownlinkCloud, ledger: Ledger<SyncCommands>): SessionKeeper {
  const line = httpLine({
    ...{ baseUrl: url, fetch, clock: systemClock, onTime: () => undefined },
    identity: {
      station: station.no,
      kid: station.kid,
      instance: randomBytes(16).toString('hex'),
      sign: (text) => sign(null, Buffer.from(text), station.key).toString('base64url'),
    },
  })
  return sessionKeeper({ station: station.no, line, ledger })
}

type Looking = { readonly isThere: () => boolean; readonly faults: readonly unknown[] }

/** The moment at which a commit of the ledger's thread had made it readable. */
function visibleIn(ledger: Ledger<SyncCommands>, { isThere, faults }: Looking): Promise<number> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => end(() => reject(new Error(`a booking did not come: ${String(faults[0])}`))),
      visibleWithinMs,
    )
    const look = (): void => {
      if (isThere()) end(() => resolve(performance.now()))
    }
    const end = (how: () => void): void => {
      clearTimeout(late)
      unlisten()
      how()
    }
    const unlisten = ledger.onCommit(look)
    look()
  })
}
