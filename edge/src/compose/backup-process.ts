import { serveBackup } from '../adapters/ledger/backup-job.ts'
import { runInBackground } from '../adapters/system/background-thread.ts'
import { checkBooks } from './check-books.ts'

/** Entry of the backup process that also holds the copy's books against its totalisers. */
runInBackground()
await serveBackup(checkBooks)
