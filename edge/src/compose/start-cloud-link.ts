import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { httpLeaseLine } from '../adapters/sync/lease-line.ts'
import { lineWatch } from '../adapters/sync/line-watch.ts'
import { startSync } from '../adapters/sync/start-sync.ts'
import type { StationKeys } from '../adapters/system/station-keys.ts'
import { systemPrng } from '../adapters/system/system-prng.ts'
import { startLeaseLoop, type LeaseLoop } from '../app/lease/lease-loop.ts'
import type { LinkFacts } from '../app/desk/desk-commands.ts'
import type { PositionFacts } from '../domain/position/position-facts.ts'
import type { Log } from '../ports/log.ts'
import type { StationClock } from '../ports/station-clock.ts'
import type { StationPlan } from '../ports/station-plan.ts'
import type { NodeLedger } from './start-ledger.ts'

export type StartCloudLink = {
  /** Null: the station runs alone. */
  readonly cloudUrl: string | null
  readonly plan: StationPlan
  readonly keys: StationKeys
  readonly ids: IdSource
  readonly ledger: NodeLedger
  readonly clock: Clock
  readonly time: StationClock
  readonly log: Log
  /** What the positions are now: the capacity lent follows from it. */
  readonly positions: () => readonly PositionFacts[]
}

const noLease = { borrow: () => Promise.resolve() }
const alone: LinkFacts = { up: false, lastExchangeMs: null }

/** Both directions of the sync, when there is a cloud; nothing of the station waits for it. */
export async function startCloudLink(parts: StartCloudLink): Promise<{
  readonly link: () => LinkFacts
  readonly lease: Pick<LeaseLoop, 'borrow'>
  stop(): Promise<void>
}> {
  const { cloudUrl, plan, keys, ids, ledger, clock, time, log } = parts
  if (cloudUrl === null) return { link: () => alone, lease: noLease, stop: () => Promise.resolve() }
  const line = lineWatch(fetch)
  const sync = await startSync({
    baseUrl: cloudUrl,
    fetch: line.fetch,
    identity: {
      station: plan.station.no,
      kid: keys.kid,
      // 128 random bits per process start, by which the cloud fences an older clone.
      instance: ids.hex(16),
      sign: (text) => Buffer.from(keys.sign(Buffer.from(text))).toString('base64url'),
    },
    ledger,
    clock,
    time,
    prng: systemPrng,
    onAlarm: (code, about) => log({ level: 'error', event: 'sync alarm', fields: { code, about } }),
    onFault: (error) =>
      log({ level: 'error', event: 'sync fault', fields: { reason: String(error) } }),
  })
  const lease = startLeaseLoop({
    line: httpLeaseLine({ baseUrl: cloudUrl, fetch: line.fetch, clock, onTime: sync.onTime }),
    ...{ keeper: sync.keeper, ledger, clock, time, positions: parts.positions },
    onFault: (error) =>
      log({ level: 'error', event: 'lease fault', fields: { reason: String(error) } }),
  })
  return {
    lease,
    link: () => {
      const { linkUp, lastExchange } = sync.status()
      return { up: linkUp && !line.broken(), lastExchangeMs: lastExchange }
    },
    async stop() {
      await lease.stop()
      await sync.stop()
    },
  }
}
