import type { Clock } from '@baari/shared/runtime/clock'
import { hours, minutes, type Instant } from '@baari/shared/units/time'
import { startProcess } from '../../runtime/start-process.ts'
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
  let stopped = false
  let cancel = (): void => undefined

  async function round(): Promise<void> {
    const { ledgerFile, folder } = options
    try {
      onDone(await backUpInProcess({ ledgerFile, folder, at: now() }, options))
    } catch (error) {
      onFailed(error instanceof Error ? error : new Error(String(error)))
    }
    if (!stopped) cancel = clock.after('next backup', every, () => void round())
  }

  void round()
  return {
    stop() {
      stopped = true
      cancel()
    },
  }
}

/** Runs one job in a process; rejects when it fails, ends without a word or takes too long. */
export function backUpInProcess(
  job: BackupJob,
  { clock, script = plainCheck }: Pick<HourlyBackup, 'clock' | 'script'>,
): Promise<BackupReport> {
  const child = startProcess(script, job)
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new BackupFailed(why))
    const cancel = clock.after('backup', longest, () => {
      fail('it took longer than twenty minutes')
      child.kill('SIGKILL')
    })
    child.on('message', (said: BackupSaid) => {
      if (said.kind === 'done') resolve(said.report)
      else fail(said.reason)
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      cancel()
      // Harmless after a report: a promise settles once.
      fail(`its process ended with ${String(code ?? signal)}`)
    })
  })
}

export class BackupFailed extends Error {
  override readonly name = 'BackupFailed'

  constructor(why: string) {
    super(`the backup failed: ${why}`)
  }
}
