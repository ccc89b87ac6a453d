import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { seconds } from '@baari/shared/units/time'
import { httpLeaseLine } from '../adapters/sync/lease-line.ts'
import { lineWatch } from '../adapters/sync/line-watch.ts'
import { cloudModels } from '../adapters/sync/model-source.ts'
import { startSync } from '../adapters/sync/start-sync.ts'
import type { StationKeys } from '../adapters/system/station-keys.ts'
import { sealOf } from '../adapters/system/station-seal.ts'
import { systemPrng } from '../adapters/system/system-prng.ts'
import type { ForecourtNow } from '../app/lease/lease-round.ts'
import { startLeaseLoop, type LeaseLoop } from '../app/lease/lease-loop.ts'
import { repeatTask } from '../app/repeat-task.ts'
import type { SyncAlarm } from '../app/sync/start-link.ts'
import { clockAlarmMs } from '../domain/sync/station-time.ts'
import type { AlarmDesk, AlarmWord } from '../ports/alarm-desk.ts'
import type { ModelSource } from '../ports/models.ts'
import type { TelemetryUplink } from '../ports/telemetry-uplink.ts'
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
  readonly telemetry: TelemetryUplink
  readonly alarms: AlarmDesk
  readonly log: Log
  /** What the forecourt is now: the capacity lent follows from it. */
  readonly forecourt: () => ForecourtNow
}

const noLease = { borrow: () => Promise.resolve() }
const alone: LinkFacts = { up: false, lastExchangeMs: null }

const withoutCloud = {
  link: () => alone,
  lease: noLease,
  uplinkState: () => 'alone',
  models: undefined,
  reopen: () => undefined,
  stop: () => Promise.resolve(),
}

/** Both directions of the sync, when there is a cloud; nothing of the station waits for it. */
export async function startCloudLink(parts: StartCloudLink): Promise<{
  readonly link: () => LinkFacts
  readonly lease: Pick<LeaseLoop, 'borrow'>
  /** State of the uplink's loop, in the words of its table. */
  readonly uplinkState: () => string
  /** Forecast models of the cloud; undefined without one. */
  readonly models: ModelSource | undefined
  /** A person's act: the node speaks for the station as a new instance. */
  readonly reopen: () => void
  stop(): Promise<void>
}> {
  const { cloudUrl, plan, keys, ids, ledger, clock, time, log } = parts
  if (cloudUrl === null) return withoutCloud
  const line = lineWatch(fetch)
  // 128 random bits per process start, by which the cloud fences an older clone.
  let instance = ids.hex(16)
  const told = syncAlarms(parts)
  const sync = await startSync({
    baseUrl: cloudUrl,
    fetch: line.fetch,
    identity: {
      station: plan.station.no,
      kid: keys.kid,
      get instance() {
        return instance
      },
      sign: sealOf(keys).sign,
    },
    ledger,
    clock,
    time,
    prng: systemPrng,
    telemetry: parts.telemetry,
    onAlarm: told.raise,
    onFault: (error) =>
      log({ level: 'error', event: 'sync fault', fields: { reason: String(error) } }),
  })
  const lease = startLeaseLoop({
    line: httpLeaseLine({ baseUrl: cloudUrl, fetch: line.fetch, clock, onTime: sync.onTime }),
    ...{ keeper: sync.keeper, ledger, clock, time, forecourt: parts.forecourt },
    onFault: (error) =>
      log({ level: 'error', event: 'lease fault', fields: { reason: String(error) } }),
  })
  const over = told.watch(() => sync.status().uplink)
  return {
    lease,
    uplinkState: () => sync.status().uplink,
    models: cloudModels({ baseUrl: cloudUrl, fetch: line.fetch, clock, keeper: sync.keeper }),
    link: () => {
      const { linkUp, lastExchange, uplink } = sync.status()
      return { up: linkUp && !line.broken(), lastExchangeMs: lastExchange, uplink }
    },
    reopen() {
      // An instance that was overtaken stays fenced for ever; a person's act makes a new one.
      instance = ids.hex(16)
      sync.tell('operator')
    },
    async stop() {
      over.stop()
      await lease.stop()
      await sync.stop()
    },
  }
}

/** Alarms of the sync, raised as they come and cleared when what they told of is over. */
function syncAlarms(parts: Pick<StartCloudLink, 'alarms' | 'time' | 'clock' | 'log'>): {
  readonly raise: (code: SyncAlarm, about: string) => void
  readonly watch: (uplink: () => string) => { stop(): void }
} {
  const { alarms, time } = parts
  const open = new Map<string, AlarmWord>()
  return {
    raise(code, about) {
      const word = alarmOf(code, about)
      open.set(`${word.source}/${word.code}`, word)
      alarms.raise({ ...word, detail: about })
    },
    watch: (uplink) =>
      repeatTask(parts, {
        name: 'sync alarms over',
        every: seconds(10),
        run() {
          const now = { state: uplink(), wallErrorMs: time.wallErrorMs() }
          for (const [key, word] of [...open].filter(([, one]) => isOver(one, now))) {
            open.delete(key)
            alarms.clear(word)
          }
          return Promise.resolve()
        },
      }),
  }
}

function alarmOf(code: SyncAlarm, about: string): AlarmWord {
  if (code === 'clock_wrong') return { source: 'clock', code, subject: '' }
  if (code === 'shape_refused') return { source: 'shape', code, subject: about.split(':')[0] ?? '' }
  return { source: 'uplink', code, subject: '' }
}

type Now = { readonly state: string; readonly wallErrorMs: number | null }

/** An uplink that sends again has left what it raised behind; a refused shape ends by itself. */
function isOver({ source }: AlarmWord, { state, wallErrorMs }: Now): boolean {
  if (source === 'clock') return wallErrorMs !== null && Math.abs(wallErrorMs) <= clockAlarmMs
  return source === 'uplink' && (state === 'idle' || state === 'sending')
}
