import { join } from 'node:path'
import type { Clock } from '@baari/shared/runtime/clock'
import { hourlyBackup } from '../adapters/ledger/hourly-backup.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { StationClock } from '../ports/station-clock.ts'

export type StartBackups = {
  readonly dataFolder: string
  readonly backupFolder: string
  readonly clock: Clock
  readonly time: StationClock
  readonly log: Log
  readonly metrics: Metrics
}

/** The hourly checked copies of the ledger, and their figures. */
export function startBackups(parts: StartBackups): { stop(): void } {
  const { dataFolder, backupFolder: folder, clock, time, log, metrics } = parts
  let done = 0
  let failed = 0
  let lastMs = 0
  metrics.gauge({
    name: 'baari_backups_total',
    help: 'Backups of the ledger by outcome.',
    grows: true,
    label: 'outcome',
    read: () => ({ done, failed }),
  })
  metrics.gauge({
    name: 'baari_backup_last_ms',
    help: 'Station time of the last checked backup; 0 before the first.',
    read: () => ({ now: lastMs }),
  })
  return hourlyBackup({
    script: new URL('./backup-process.ts', import.meta.url),
    ledgerFile: join(dataFolder, 'ledger.db'),
    folder,
    clock,
    now: () => time.now().at,
    onDone() {
      done += 1
      lastMs = time.now().at
    },
    onFailed(error) {
      failed += 1
      log({ level: 'error', event: 'backup failed', fields: { reason: error.message } })
    },
  })
}
