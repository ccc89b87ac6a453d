import { present } from '@baari/shared/faults/assert'
import { parentPort, workerData } from 'node:worker_threads'
import { backUpLedger, type BackupJob } from './backup.ts'

/** Entry of the backup thread: one job, one report; an error ends the thread and is reported so. */
const { job } = workerData as { readonly job: BackupJob }
present(parentPort, 'parent port of the backup thread').postMessage(await backUpLedger(job))
