import { backUpLedger, type BackupJob, type BackupReport, type CheckBooks } from './backup.ts'
import { jobOfProcess, reportToParent } from '../../runtime/start-process.ts'

/** What a backup process says, once, before it ends. */
export type BackupSaid =
  | { readonly kind: 'done'; readonly report: BackupReport }
  | { readonly kind: 'failed'; readonly reason: string }

/** The whole life of a backup process: one job, one report. */
export async function serveBackup(checkBooks: CheckBooks): Promise<void> {
  const said = await backUpLedger(jobOfProcess<BackupJob>(), checkBooks).then(
    (report): BackupSaid => ({ kind: 'done', report }),
    (error: unknown): BackupSaid => ({
      kind: 'failed',
      reason: error instanceof Error ? error.message : String(error),
    }),
  )
  reportToParent(said)
}
