import type { Instant } from '@baari/shared/units/time'
import Database from 'better-sqlite3'
import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { noBooks, type CheckBooks } from './backup.ts'
import { backupNameOf, backupsIn } from './backup-files.ts'
import { checkCopy } from './check-copy.ts'
import { syncToDisk } from './durable-files.ts'
import { takeNodeLock } from './node-lock.ts'
import { openRestoredEpoch } from './restored-epoch.ts'

export type RestoreJob = {
  readonly dataFolder: string
  /** Backup to put back; the newest of `backupFolder` when none is named. */
  readonly from?: string | undefined
  readonly backupFolder: string
  readonly at: Instant
  readonly checkBooks?: CheckBooks
}

export type RestoreReport = {
  readonly from: string
  readonly ops: number
  readonly station: number
  readonly prevEpoch: string
  readonly epoch: string
  /** Where the replaced file was kept; null when there was none. */
  readonly keptAside: string | null
}

/** Why nothing was restored, in one sentence. The data folder is as it was. */
export class RestoreRefused extends Error {
  override readonly name = 'RestoreRefused'
}

/**
 * Puts a backup in the place of `ledger.db` while no node runs. The copy is checked first, the
 * replaced file is kept beside, and the swap is one rename: at every moment the folder holds a
 * whole ledger. What happened since the backup is missing, so the file goes on in a new epoch that
 * names the old heads, and the node pulls its own later ops back from the cloud (sync.md 7.5).
 */
export function restoreLedger(job: RestoreJob): RestoreReport {
  const { dataFolder, backupFolder, at } = job
  const from = job.from ?? backupsIn(backupFolder)[0]
  if (from === undefined) throw new RestoreRefused(`no backup lies in ${backupFolder}`)
  if (!existsSync(from)) throw new RestoreRefused(`there is no file ${from}`)
  const lock = takeNodeLock(dataFolder)
  try {
    const ledgerFile = join(dataFolder, 'ledger.db')
    const fresh = join(dataFolder, 'ledger-restoring.tmp')
    rmSync(fresh, { force: true })
    copyFileSync(from, fresh)
    const { flaws: damage, ops, station } = checkedCopy(fresh)
    const flaws = damage.length > 0 ? damage : (job.checkBooks ?? noBooks)(fresh)
    if (flaws.length > 0) throw new RestoreRefused(`${from} is damaged: ${flaws.join('; ')}`)
    const epochs = openEpoch(fresh, { station, from: basename(from) })
    syncToDisk(fresh)
    const keptAside = existsSync(ledgerFile) ? putAside(ledgerFile, { dataFolder, at }) : null
    renameSync(fresh, ledgerFile)
    syncToDisk(dataFolder)
    return { from, ops, station, ...epochs, keptAside }
  } finally {
    lock.release()
  }
}

function checkedCopy(file: string): ReturnType<typeof checkCopy> {
  try {
    return checkCopy(file)
  } catch (error) {
    throw new RestoreRefused(`${file} is no ledger: ${error instanceof Error ? error.message : ''}`)
  }
}

/**
 * Keeps the replaced file under another name. Its WAL is folded in first; one that cannot be
 * folded is kept beside it, because a WAL left behind would be taken for the restored file's.
 */
function putAside(
  ledgerFile: string,
  { dataFolder, at }: { readonly dataFolder: string; readonly at: Instant },
): string {
  const aside = join(dataFolder, `replaced-${backupNameOf(at)}`)
  foldWal(ledgerFile)
  for (const rest of ['-wal', '-shm']) {
    if (existsSync(ledgerFile + rest)) renameSync(ledgerFile + rest, aside + rest)
  }
  rmSync(aside, { force: true })
  linkSync(ledgerFile, aside)
  syncToDisk(dataFolder)
  return aside
}

function foldWal(file: string): void {
  try {
    const db = new Database(file)
    db.pragma('wal_checkpoint(TRUNCATE)')
    db.close()
  } catch {
    // The file is being replaced because it is damaged: it is kept as it lies.
  }
}

type Restored = { readonly station: number; readonly from: string }

function openEpoch(file: string, restored: Restored): ReturnType<typeof openRestoredEpoch> {
  const db = new Database(file)
  try {
    return openRestoredEpoch(db, { ...restored, epoch: randomBytes(16).toString('hex') })
  } finally {
    db.close()
  }
}
