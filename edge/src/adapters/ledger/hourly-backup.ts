import type { Clock } from '@baari/shared/runtime/clock'
import { hours, minutes, type Instant } from '@baari/shared/units/time'
import { startThread } from '../../runtime/start-thread.ts'
import type { BackupJob, BackupReport } from './backup.ts'

export type HourlyBackup = {
  readonly ledgerFile: string
  readonly folder: string
  /** Module of the backup thread; without it one that looks at the file and the chain alone. */
  readonly script?: URL
  readonly clock: Clock
  /** Station time, for the file names. */
  readonly now: () => Instant
  readonly onDone: (report: BackupReport) => void
  /** Told of every backup that failed; the next hour tries again. */
  readonly onFailed: (error: Error) => void
}

const plainCheck = new URL('./backup-worker.ts', import.meta.url)
const every = hours(1)
/** A copy that takes longer is a failing disk; it is given up and reported. */
const longest = minutes(20)

/**
 * A checked copy of the ledger every hour, the first one at once, each in a thread of its own: the
 * check reads the whole file and would hold up buses and scans.
 */
export function hourlyBackup(options: HourlyBackup): { stop(): void } {
  const { clock, now, onDone, onFailed } = options
  let stopped = false
  let cancel = (): void => undefined

  async function round(): Promise<void> {
    const { ledgerFile, folder } = options
    try {
      onDone(await backUpInThread({ ledgerFile, folder, at: now() }, options))
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

/** Runs one job in a thread; rejects when the thread fails or takes too long. */
export function backUpInThread(
  job: BackupJob,
  { clock, script = plainCheck }: Pick<HourlyBackup, 'clock' | 'script'>,
): Promise<BackupReport> {
  const worker = startThread(script, { job })
  return new Promise((resolve, reject) => {
    const cancel = clock.after('backup', longest, () => {
      reject(new BackupFailed('it took longer than twenty minutes'))
      void worker.terminate()
    })
    worker.on('message', resolve)
    worker.on('error', reject)
    worker.on('exit', (code) => {
      cancel()
      // Harmless after a report: a promise settles once.
      reject(new BackupFailed(`its thread ended with code ${code}`))
    })
  })
}

export class BackupFailed extends Error {
  override readonly name = 'BackupFailed'

  constructor(why: string) {
    super(`the backup failed: ${why}`)
  }
}
