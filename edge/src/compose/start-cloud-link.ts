import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { lineWatch } from '../adapters/sync/line-watch.ts'
import { startSync } from '../adapters/sync/start-sync.ts'
import type { StationKeys } from '../adapters/system/station-keys.ts'
import { systemPrng } from '../adapters/system/system-prng.ts'
import type { LinkFacts } from '../app/desk/desk-commands.ts'
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
}

const alone: LinkFacts = { up: false, lastExchangeMs: null }

/** Both directions of the sync, when there is a cloud; nothing of the station waits for it. */
export async function startCloudLink(parts: StartCloudLink): Promise<{
  readonly link: () => LinkFacts
  /** A person's act: the node speaks for the station as a new instance. */
  readonly reopen: () => void
  stop(): Promise<void>
}> {
  const { cloudUrl, plan, keys, ids, ledger, clock, time, log } = parts
  if (cloudUrl === null) {
    return { link: () => alone, reopen: () => undefined, stop: () => Promise.resolve() }
  }
  const line = lineWatch(fetch)
  // 128 random bits per process start, by which the cloud fences an older clone.
  let instance = ids.hex(16)
  const sync = await startSync({
    baseUrl: cloudUrl,
    fetch: line.fetch,
    identity: {
      station: plan.station.no,
      kid: keys.kid,
      get instance() {
        return instance
      },
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
  return {
    link: () => {
      const { linkUp, lastExchange, uplink } = sync.status()
      return { up: linkUp && !line.broken(), lastExchangeMs: lastExchange, uplink }
    },
    reopen() {
      // An instance that was overtaken stays fenced for ever; a person's act makes a new one.
      instance = ids.hex(16)
      sync.tell('operator')
    },
    stop: () => sync.stop(),
  }
}
