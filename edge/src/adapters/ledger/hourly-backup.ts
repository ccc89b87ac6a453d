import type { Clock } from '@baari/shared/runtime/clock'
import { hours, minutes, type Instant } from '@baari/shared/units/time'
import { startProcessCall, type ProcessCall } from '../../runtime/process-call.ts'
import type { BackupSaid } from './backup-job.ts'
import type { BackupJob, BackupReport } from './backup.ts'

export type HourlyBackup = {
  readonly ledgerFile: string
  readonly folder: string
  /** Module of the backup process; without it one that looks at the file and the chain alone. */
  readonly script?: URL
  readonly clock: Clock
  /** Station time, for the file names. */
  readonly now: () => Instant
  readonly onDone: (report: BackupReport) => void
  /** Told of every backup that failed; the next hour tries again. */
  readonly onFailed: (error: Error) => void
}

const plainCheck = new URL('./plain-backup-process.ts', import.meta.url)
const every = hours(1)
/** A copy that takes longer is a failing disk; it is given up and reported. */
const longest = minutes(20)

/**
 * A checked copy of the ledger every hour, the first one at once, each in a process of its own: the
 * check reads the whole file and would hold up buses and scans, and SQLite's caches for it, some 45
 * MB, would stay with the node (ADR 25).
 */
export function hourlyBackup(options: HourlyBackup): { stop(): void } {
  const { clock, now, onDone, onFailed } = options
  const calls = backupCalls(options)
  let stopped = false
  let cancel = (): void => undefined

  async function round(): Promise<void> {
    const { ledgerFile, folder } = options
    try {
      onDone(await reported(calls, { ledgerFile, folder, at: now() }))
    } catch (error) {
      if (!stopped) onFailed(error instanceof Error ? error : new Error(String(error)))
    }
    if (!stopped) cancel = clock.after('next backup', every, () => void round())
  }

  void round()
  return {
    stop() {
      stopped = true
      cancel()
      calls.stop()
    },
  }
}

/** Runs one job in a process; rejects when it fails, ends without a word or takes too long. */
export function backUpInProcess(
  job: BackupJob,
  options: Pick<HourlyBackup, 'clock' | 'script'>,
): Promise<BackupReport> {
  return reported(backupCalls(options), job)
}

type BackupCalls = ProcessCall<BackupJob, BackupSaid>

function backupCalls({
  clock,
  script = plainCheck,
}: Pick<HourlyBackup, 'clock' | 'script'>): BackupCalls {
  return startProcessCall({ script, clock, within: longest })
}

async function reported(calls: BackupCalls, job: BackupJob): Promise<BackupReport> {
  const said = await calls.call(job)
  if (said.kind === 'failed') throw new BackupFailed(said.reason)
  return said.report
}

export class BackupFailed extends Error {
  override readonly name = 'BackupFailed'

  constructor(why: string) {
    super(`the backup failed: ${why}`)
  }
}
