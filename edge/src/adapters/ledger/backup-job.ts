import { serveProcess } from '../../runtime/process-call.ts'
import { backUpLedger, type BackupJob, type BackupReport, type CheckBooks } from './backup.ts'

/** What a backup process answers. */
export type BackupSaid =
  | { readonly kind: 'done'; readonly report: BackupReport }
  | { readonly kind: 'failed'; readonly reason: string }

/** The whole life of a backup process: one job, one report. */
export function serveBackup(checkBooks: CheckBooks): void {
  serveProcess<BackupJob, BackupSaid>((job) =>
    backUpLedger(job, checkBooks).then(
      (report) => ({ kind: 'done', report }),
      (error: unknown) => ({
        kind: 'failed',
        reason: error instanceof Error ? error.message : String(error),
      }),
    ),
  )
}
