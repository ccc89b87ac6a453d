import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { startLedgerThread } from '../adapters/ledger/ledger-client.ts'
import { keepFloor } from '../app/sync/station-clock.ts'
import type { Commands } from '../app/commands.ts'
import { settingsOfPlan } from '../app/station/settings-of-plan.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { LedgerFailure } from '../ports/ledger-failure.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { StationClock } from '../ports/station-clock.ts'
import type { StationPlan } from '../ports/station-plan.ts'
import { reserveFileOf } from './disk-reserve.ts'
import { measuredLedger } from './measured-ledger.ts'

export type StartLedger = {
  readonly dataFolder: string
  readonly plan: StationPlan
  readonly clock: Clock
  readonly stationClock: StationClock
  readonly ids: IdSource
  /** False when the sync writes the floor of station time itself. */
  readonly keepsFloor: boolean
  readonly version: string
  readonly log: Log
  readonly metrics: Metrics
  /** The thread died by itself: equipment to its safe state, then the node starts anew. */
  readonly onFailure: (failure: LedgerFailure) => void
}

export type NodeLedger = Ledger<Commands>

const bootBytes = 16

/**
 * Opens `ledger.db` in its thread, takes over the station file and the clock's floor. From then on
 * commands may run; nothing was sent to a device yet.
 */
export async function startLedger(
  parts: StartLedger,
): Promise<{ readonly ledger: NodeLedger; stop(): Promise<void> }> {
  const { dataFolder, plan, clock, stationClock, ids, version, log } = parts
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const thread = await startLedgerThread<Commands>({
    script: new URL('./ledger-thread.ts', import.meta.url),
    at: {
      file: join(dataFolder, 'ledger.db'),
      station: plan.station.no,
      boot: ids.hex(bootBytes),
      instance: ids.uuid(),
      version,
      reserve: reserveFileOf(dataFolder),
      now: stationClock.now(),
    },
    clock,
    now: () => stationClock.now(),
    onFailure: parts.onFailure,
  })
  const ledger = measuredLedger(thread, parts)
  await ledger.run('station.configure', settingsOfPlan(plan))
  const onFault = (error: unknown): void =>
    log({ level: 'error', event: 'time floor not written', fields: { reason: String(error) } })
  stationClock.restore((await ledger.run('time.read', null)).floor)
  const floor = parts.keepsFloor
    ? await keepFloor({ ledger, time: stationClock, clock, onFault })
    : undefined
  return {
    ledger,
    async stop() {
      floor?.stop()
      await ledger.close()
    },
  }
}
