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

export type StartLink = {
  /** Null: the station runs alone, for ever. */
  readonly cloudUrl: string | null
  readonly plan: StationPlan
  readonly keys: StationKeys
  readonly ledger: NodeLedger
  readonly clock: Clock
  readonly time: StationClock
  readonly ids: IdSource
  readonly log: Log
}

export type Link = { facts(): LinkFacts; stop(): Promise<void> | void }

const instanceBytes = 16

/** The way to the cloud and back. Nothing at the station waits for it. */
export async function startLink(parts: StartLink): Promise<Link> {
  const { cloudUrl, plan, keys, log, ids } = parts
  if (cloudUrl === null) {
    return { facts: () => ({ up: false, lastExchangeMs: null }), stop: () => undefined }
  }
  const line = lineWatch(fetch)
  const sync = await startSync({
    ...parts,
    baseUrl: cloudUrl,
    fetch: line.fetch,
    identity: {
      station: plan.station.no,
      kid: keys.kid,
      instance: ids.hex(instanceBytes),
      sign: (text) => Buffer.from(keys.sign(Buffer.from(text))).toString('base64url'),
    },
    prng: systemPrng,
    onAlarm: (code, about) => log({ level: 'error', event: 'sync alarm', fields: { code, about } }),
    onFault: (error) =>
      log({ level: 'error', event: 'sync fault', fields: { reason: String(error) } }),
  })
  return {
    facts() {
      const { linkUp, lastExchange } = sync.status()
      return { up: linkUp && !line.broken(), lastExchangeMs: lastExchange }
    },
    stop: () => sync.stop(),
  }
}
