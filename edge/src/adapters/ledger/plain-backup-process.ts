import { serveBackup } from './backup-job.ts'
import { noBooks } from './backup.ts'

/** Entry of the backup process that looks at the file and the chain alone. */
await serveBackup(noBooks)
