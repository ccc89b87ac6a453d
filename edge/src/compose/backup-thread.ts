import { backUpLedger, type BackupJob } from '../adapters/ledger/backup.ts'
import { runInBackground } from '../adapters/system/background-thread.ts'
import { present } from '@baari/shared/faults/assert'
import { parentPort, workerData } from 'node:worker_threads'
import { checkBooks } from './check-books.ts'

/** Entry of the backup thread that also holds the copy's books against its totalisers. */
const { job } = workerData as { readonly job: BackupJob }
runInBackground()
const port = present(parentPort, 'parent port of the backup thread')
port.postMessage(await backUpLedger(job, checkBooks))
