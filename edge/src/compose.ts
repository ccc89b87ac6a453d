import { join } from 'node:path'
import type { KeySet } from '@baari/shared/domain/keys/key-set'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { openPhotoFiles } from './adapters/ledger/photo-files.ts'
import { takeNodeLock } from './adapters/ledger/node-lock.ts'
import { LiveHub } from './adapters/live/live-hub.ts'
import { pinoLog } from './adapters/log/pino-log.ts'
import { stationMetrics, type MetricsPage } from './adapters/metrics/station-metrics.ts'
import { problemText } from './adapters/station-file/parse-station-file.ts'
import { openStationFile } from './adapters/station-file/station-file-store.ts'
import { stationClock } from './app/sync/station-clock.ts'
import { ed25519Verifier } from './adapters/system/ed25519.ts'
import { openStationKeys, type StationKeys } from './adapters/system/station-keys.ts'
import { sealOf } from './adapters/system/station-seal.ts'
import { checkPin } from './adapters/system/pin-check.ts'
import { systemClock } from './adapters/system/system-clock.ts'
import { systemIds } from './adapters/system/system-ids.ts'
import { alarmDesk } from './app/desk/alarm-desk.ts'
import { attendantPresence } from './app/desk/attendant-presence.ts'
import { peopleDesk } from './app/desk/people-desk.ts'
import { rememberedSessions } from './app/desk/remembered-sessions.ts'
import type { Forecaster } from './app/forecast/forecaster.ts'
import type { ForecourtNow } from './app/lease/lease-round.ts'
import type { GasPace } from './app/queue/quote-waits.ts'
import type { SensorWord } from './app/safety/sensor-board.ts'
import { publicBoardOf } from './app/view/public-board.ts'
import { keysFileName } from './compose/enrol-node.ts'
import { holdKeySets } from './compose/hold-key-sets.ts'
import { Parts } from './compose/part.ts'
import { startBackups } from './compose/start-backups.ts'
import { startCloudLink } from './compose/start-cloud-link.ts'
import { startDesk } from './compose/start-desk.ts'
import { startDoors } from './compose/start-doors.ts'
import { startLedger, type NodeLedger } from './compose/start-ledger.ts'
import { startForecaster } from './compose/start-forecaster.ts'
import { startInlet } from './compose/start-inlet.ts'
import { nodeReadiness, countOutbox } from './compose/node-readiness.ts'
import { startLaneDevices } from './compose/start-lane-devices.ts'
import { startScanners } from './compose/start-scanners.ts'
import { startService } from './compose/start-service.ts'
import { startStation, type Station } from './compose/start-station.ts'
import { storeWired } from './compose/store-wired.ts'
import { startTeller } from './compose/start-teller.ts'
import { startTelemetry } from './compose/start-telemetry.ts'
import { startUpkeep } from './compose/start-upkeep.ts'
import { startWaitQuoter } from './compose/start-wait-quoter.ts'
import type { Config } from './config.ts'
import type { AlarmDesk } from './ports/alarm-desk.ts'
import type { Log } from './ports/log.ts'
import type { Metrics } from './ports/metrics.ts'
import type { StationClock } from './ports/station-clock.ts'
import type { StationPlan } from './ports/station-plan.ts'

/** Some two thousand corrections; nobody mistypes that many dates. */
const photosMostBytes = 256 * 1024 * 1024

export type StationNode = {
  readonly httpPort: number
  /** Null when the broker is switched off. */
  readonly mqttPort: number | null
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
  const keys = openStationKeys(join(config.dataFolder, keysFileName))
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

type Started = Omit<StationNode, 'stop'>

async function startParts(base: Base, parts: Parts): Promise<Result<Started, string>> {
  const core = await startCore(base, parts)
  const opened = await openForPeople(base, parts, core)
  return opened.ok ? ok({ ...opened.value, failed: core.failed }) : opened
}

/** What works without anybody looking: ledger, keys, dispensers, safety, the link to the cloud. */
async function startCore(base: Base, parts: Parts) {
  const { config, clock } = base
  const { dataFolder, cloudUrl } = config
  parts.add('data folder', lockedFolder(dataFolder))
  const ids = systemIds()
  const time = stationClock(clock)
  const failure = failureOf()
  const { ledger } = parts.add(
    'ledger',
    await startLedger({
      ...base,
      dataFolder,
      stationClock: time,
      ids,
      keepsFloor: cloudUrl === null,
      onFailure: failure.lost,
    }),
  )
  const verify = ed25519Verifier()
  const keySets = parts.add('key sets', await holdKeySets({ ...base, ledger, dataFolder, verify }))
  const alarms = alarmDesk({ ledger, log: base.log })
  const { service } = parts.add('service', startService({ ...base, alarms }))
  const people = rememberedSessions(peopleDesk({ ledger, checkPin, ids }), clock)
  const presence = attendantPresence(people, clock)
  const station = parts.add(
    'station',
    await startStation({
      ...base,
      ledger,
      ids,
      alarms,
      service,
      dataFolder,
      reserveBytes: config.reserveBytes,
      attendantSignedIn: presence.signedIn,
      onLedgerLost: failure.lost,
    }),
  )
  failure.stopFirst(station.allStop)
  const keySet = keySets.held
  const cloud = await startCloud(base, parts, { ids, time, ledger, alarms, station, keySet })
  return {
    ids,
    time,
    ledger,
    verify,
    keySet,
    people: presence.people,
    station,
    alarms,
    service,
    ...cloud,
    failed: failure.failed,
  }
}

type Speaking = {
  readonly ids: IdSource
  readonly time: StationClock
  readonly ledger: NodeLedger
  readonly alarms: AlarmDesk
  readonly station: Station
  readonly keySet: () => KeySet | undefined
}

/** What goes to the cloud and the way there: readings, then the link that sends them. */
async function startCloud(
  base: Base,
  parts: Parts,
  { station, ...given }: Speaking,
): Promise<Pick<CloudLink, 'link' | 'lease' | 'uplinkState'> & Sensing & Reopening & Foreseeing> {
  const { config, plan } = base
  const { telemetry } = parts.add(
    'telemetry',
    startTelemetry({
      ...{ ...base, ...given },
      dataFolder: config.dataFolder,
      station: plan.station.no,
      mostBytes: config.telemetryBytes,
      reserveFree: station.reserveFree,
      now: () => given.time.now().at,
    }),
  )
  parts.add('wired readings', storeWired({ ...base, ...given, telemetry, station }))
  let cap: Forecaster['cap'] = () => null
  const { link, lease, reopen, uplinkState, models } = parts.add(
    'cloud link',
    await startCloudLink({
      ...{ ...base, ...given },
      cloudUrl: config.cloudUrl,
      telemetry: telemetry.uplink,
      forecourt: () => forecourtNow(station, { cap: () => cap() }),
    }),
  )
  // The models come over the link, and the link lends what the forecast leaves.
  const forecaster = parts.add(
    'forecaster',
    startForecaster({
      ...{ ...base, ...config, ...given, station: plan.station.no },
      sources: models === undefined ? [] : [models],
    }),
  )
  cap = forecaster.cap
  return { telemetry, link, lease, reopenLink: reopen, uplinkState, forecaster }
}

type Foreseeing = { readonly forecaster: Forecaster }

/** A person's act when another node has spoken for the station. */
type Reopening = { readonly reopenLink: () => void }

type CloudLink = Awaited<ReturnType<typeof startCloudLink>>

type Sensing = Pick<ReturnType<typeof startTelemetry>, 'telemetry'>

type Core = Awaited<ReturnType<typeof startCore>>

/** Scanners, screens and doors, and what keeps them fresh; the doors open last. */
async function openForPeople(
  base: Base,
  parts: Parts,
  core: Core,
): Promise<Result<Omit<Started, 'failed'>, string>> {
  const { config, plan, keys, clock, log, metrics } = base
  const { ledger, station, link, time, forecaster } = core
  const { forecourt, gas, resetTrip } = station
  const readView = () =>
    ledger.run('view.read', {
      ...{ positions: forecourt.facts(), link: link(), gas: gas() },
      forecast: forecaster.shown(),
      trip: station.trip(),
    })
  const live = new LiveHub({ clock, readView, boardOf: publicBoardOf, metrics, log })
  const laneDevices = parts.add(
    'lane devices',
    await startLaneDevices({ ...base, ...core, dataFolder: config.dataFolder, readView }),
  )
  const { desk, scans } = startDesk({
    ...{ ...base, ...core, forecourt, resetTrip, clock: time },
    live: laneDevices.alongside(live),
    gas,
    onWalkIn: laneDevices.printNumber,
    print: laneDevices.print,
    photos: await openPhotoFiles({
      folder: join(config.dataFolder, 'photos'),
      mostBytes: photosMostBytes,
      reserveFree: station.reserveFree,
    }),
  })
  parts.add('backups', startBackups({ ...base, ...config, time }))
  const onFault = faultsOf(log, 'waits not quoted')
  parts.add('wait quoter', startWaitQuoter({ ledger, clock, onFault, pace: () => paceOf(station) }))
  const linkUp = (): boolean => link().up
  parts.add(
    'upkeep',
    startUpkeep({ ledger, forecourt, live, clock, log, linkUp, seal: sealOf(keys) }),
  )
  parts.add(
    'scanners',
    await startScanners({
      ...{ plans: plan.scanners, scans, clock, log, service: core.service },
      dataFolder: config.dataFolder,
    }),
  )
  const { reserveFree } = station
  parts.add('teller', startTeller({ ...base, ...core, readView, reserveFree }))
  const inlet = await startSensors(base, parts, { ...core, onWord: station.hear })
  if (!inlet.ok) return inlet
  const { sparkplug: at } = config
  const shown = { ...base, alarms: core.alarms, readView, stationId: plan.station.id }
  if (at !== null) {
    const { startNorthbound } = await import('./compose/start-northbound.ts')
    parts.add('northbound', startNorthbound({ ...shown, at }))
  }
  countOutbox(metrics, ledger)
  const { service } = core
  const forecast = forecaster.health
  const readiness = () => nodeReadiness({ ledger, time, service, reserveFree, forecast })
  const doors = await startDoors({ ...base, http: config.http, desk, live, readiness })
  if (!doors.ok) return doors
  parts.add('doors', doors.value)
  return ok({ httpPort: doors.value.port, mqttPort: inlet.value })
}

/**
 * The end of a node whose ledger is lost: without it no gram can be written down, so every
 * dispenser is stopped first, then the process ends and its supervisor starts it anew.
 */
function failureOf(): {
  readonly failed: Promise<string>
  readonly lost: (cause: unknown) => void
  readonly stopFirst: (allStop: () => void) => void
} {
  let fail = (_reason: string): void => undefined
  let stop = (): void => undefined
  const failed = new Promise<string>((resolve) => (fail = resolve))
  return {
    failed,
    lost(cause) {
      stop()
      fail(cause instanceof Error ? cause.message : String(cause))
    },
    stopFirst: (allStop) => void (stop = allStop),
  }
}

/** Faults of a part that goes on by itself: told, never passed on. */
function faultsOf(log: Log, event: string): (error: unknown) => void {
  return (error) => log({ level: 'error', event, fields: { reason: String(error) } })
}

/** The gas model's word to the queue's forecast. */
function paceOf(station: Station): GasPace {
  return { servicePermille: station.servicePermille(), refillIn: station.refillIn() }
}

/** While nothing can be forecast the flat cap holds. */
function forecourtNow(
  { forecourt, storedGas }: Station,
  { cap }: Pick<Forecaster, 'cap'>,
): ForecourtNow {
  return { positions: forecourt.facts(), storedGrams: storedGas(), forecast: cap() }
}

/** One node per folder: a second would write the same ledger. */
function lockedFolder(folder: string): { stop(): void } {
  const lock = takeNodeLock(folder)
  return { stop: () => lock.release() }
}

/** The broker of the sensors; null when it is switched off. */
async function startSensors(
  { config, plan, clock, log, metrics }: Base,
  parts: Parts,
  given: Pick<Core, 'telemetry' | 'alarms'> & { readonly onWord: (word: SensorWord) => void },
): Promise<Result<number | null, string>> {
  const { mqtt, siteBroker } = config
  const shared = { clock, log, metrics, ...given, stationId: plan.station.id }
  if (siteBroker !== null) {
    const { startSiteBroker } = await import('./compose/start-site-broker.ts')
    const broker = startSiteBroker({ ...shared, at: siteBroker })
    if (!broker.ok) return broker
    parts.add('site broker', broker.value)
  }
  if (!mqtt.enabled) return ok(null)
  const inlet = await startInlet({ ...shared, at: mqtt })
  if (!inlet.ok) return inlet
  parts.add('inlet', inlet.value)
  return ok(inlet.value.port)
}
