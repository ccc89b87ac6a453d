import { join } from 'node:path'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import { LiveHub } from './adapters/live/live-hub.ts'
import { pinoLog } from './adapters/log/pino-log.ts'
import { stationMetrics, type MetricsPage } from './adapters/metrics/station-metrics.ts'
import { problemText } from './adapters/station-file/parse-station-file.ts'
import { openStationFile } from './adapters/station-file/station-file-store.ts'
import { stationClock } from './adapters/sync/station-clock.ts'
import { ed25519Verifier } from './adapters/system/ed25519.ts'
import { openStationKeys, type StationKeys } from './adapters/system/station-keys.ts'
import { systemClock } from './adapters/system/system-clock.ts'
import { systemIds } from './adapters/system/system-ids.ts'
import type { LinkFacts } from './app/desk/desk-commands.ts'
import { offlineForecourt } from './app/desk/offline-forecourt.ts'
import { settingsOfPlan } from './app/station/settings-of-plan.ts'
import { holdKeySets } from './compose/hold-key-sets.ts'
import { Parts } from './compose/part.ts'
import { startDesk } from './compose/start-desk.ts'
import { startDoors } from './compose/start-doors.ts'
import { startLedger } from './compose/start-ledger.ts'
import { startTelemetry } from './compose/start-telemetry.ts'
import { startUpkeep } from './compose/start-upkeep.ts'
import type { Config } from './config.ts'
import type { Log } from './ports/log.ts'
import type { Metrics } from './ports/metrics.ts'
import type { StationPlan } from './ports/station-plan.ts'

export type StationNode = {
  readonly httpPort: number
  /** Resolves with one sentence when a part failed that the node cannot go on without. */
  readonly failed: Promise<string>
  stop(): Promise<void>
}

type Base = {
  readonly config: Config
  readonly plan: StationPlan
  readonly keys: StationKeys
  readonly version: string
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly page: MetricsPage
}

/** Builds the node, starts its parts in order and stops them the other way round. */
export async function compose(
  config: Config,
  version: string,
): Promise<Result<StationNode, string>> {
  const kept = join(config.dataFolder, 'station.kept.yaml')
  const station = openStationFile({ file: config.stationFile, kept })
  if (!station.ok) return err(station.error)
  const { plan, from, problems } = station.value
  const keys = openStationKeys(join(config.dataFolder, 'station-keys.json'))
  if (!keys.ok) return err(keys.error)
  const log = pinoLog({ level: config.logLevel, station: plan.station.id })
  for (const problem of problems)
    log({
      level: 'error',
      event: 'station file refused',
      fields: { reason: problemText(problem), goesOnWith: from },
    })
  const { metrics, page } = stationMetrics()
  const parts = new Parts()
  const stop = (): Promise<void> =>
    parts.stop((name, error) =>
      log({ level: 'error', event: 'part not stopped', fields: { name, reason: String(error) } }),
    )
  const base = { config, plan, keys: keys.value, version, clock: systemClock, log, metrics, page }
  try {
    const started = await startParts(base, parts)
    if (started.ok) return ok({ ...started.value, stop })
    await stop()
    return started
  } catch (error) {
    await stop()
    return err(error instanceof Error ? error.message : String(error))
  }
}

async function startParts(
  base: Base,
  parts: Parts,
): Promise<Result<Omit<StationNode, 'stop'>, string>> {
  const { config, plan, clock, log, metrics } = base
  let fail = (_reason: string): void => undefined
  const failed = new Promise<string>((resolve) => (fail = resolve))
  const ids = systemIds()
  const time = stationClock(clock)
  const { ledger } = parts.add(
    'ledger',
    await startLedger({
      ...base,
      dataFolder: config.dataFolder,
      stationClock: time,
      ids,
      onFailure: (failure) => fail(failure.message),
    }),
  )
  const verify = ed25519Verifier()
  const keySets = parts.add(
    'key sets',
    await holdKeySets({ ...base, ledger, dataFolder: config.dataFolder, verify }),
  )
  parts.add(
    'telemetry',
    startTelemetry({
      ...base,
      ledger,
      dataFolder: config.dataFolder,
      mostBytes: config.telemetryBytes,
    }),
  )
  const forecourt = offlineForecourt(settingsOfPlan(plan).positions)
  const link = (): LinkFacts => ({ up: false, lastExchangeMs: null })
  const readView = () => ledger.run('view.read', { positions: forecourt.facts(), link: link() })
  const live = new LiveHub({ clock, readView, metrics, log })
  const { desk } = startDesk({
    ...base,
    ledger,
    forecourt,
    live,
    link,
    keySet: keySets.held,
    verify,
    clock: time,
    ids,
  })
  parts.add('upkeep', startUpkeep({ ledger, forecourt, live, clock, log }))
  const readiness = async () => [await ledgerHealth(() => ledger.run('attendant.list', {}))]
  const doors = await startDoors({ ...base, http: config.http, desk, live, readiness })
  if (!doors.ok) return doors
  parts.add('doors', doors.value)
  return ok({ httpPort: doors.value.port, failed })
}

async function ledgerHealth(ask: () => Promise<unknown>): Promise<{
  part: string
  ok: boolean
  detail: string
}> {
  try {
    await ask()
    return { part: 'ledger', ok: true, detail: 'answers' }
  } catch (error) {
    return { part: 'ledger', ok: false, detail: String(error) }
  }
}
