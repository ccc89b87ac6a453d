import type { Instant } from '@baari/shared/units/time'
import Database from 'better-sqlite3'
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { backupNameOf, backupsIn, backupsKept, uncheckedIn } from './backup-files.ts'
import { checkCopy } from './check-copy.ts'
import { syncToDisk } from './durable-files.ts'

export type BackupJob = {
  readonly ledgerFile: string
  /** A second disk: a backup beside the original dies with it. */
  readonly folder: string
  readonly at: Instant
}

export type BackupReport = {
  readonly file: string
  readonly bytes: number
  readonly ops: number
  /** Backups in the folder after the oldest were dropped. */
  readonly kept: number
}

/**
 * Further reasons why a whole file may not be trusted: books that do not hold. A function, because
 * the books are a use-case and this is an adapter.
 */
export type CheckBooks = (file: string) => readonly string[]

export const noBooks: CheckBooks = () => []

/** Pages per step: 2 MiB, after which the copying process draws breath and hears that it is alone. */
const pagesPerStep = 500

/**
 * Copies the ledger while it is being written, checks the copy and only then gives it its name: a
 * folder never holds a backup that was not whole. The copy is of one moment, because its
 * connection keeps one snapshot. Throws when the copy is damaged; the newest 48 stay.
 */
export async function backUpLedger(
  { ledgerFile, folder, at }: BackupJob,
  checkBooks: CheckBooks = noBooks,
): Promise<BackupReport> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // One of a dead node may still be at work: it must neither meet this one's file nor name it.
  for (const left of uncheckedIn(folder)) rmSync(left, { force: true })
  const unchecked = join(folder, `ledger-unchecked-${process.pid}.tmp`)
  await copy(ledgerFile, unchecked)
  const { flaws: damage, ops } = checkCopy(unchecked)
  const flaws = damage.length > 0 ? damage : checkBooks(unchecked)
  if (flaws.length > 0) throw new DamagedBackup(flaws)
  syncToDisk(unchecked)
  const file = join(folder, backupNameOf(at))
  renameSync(unchecked, file)
  syncToDisk(folder)
  for (const old of backupsIn(folder).slice(backupsKept)) rmSync(old)
  return { file, bytes: statSync(file).size, ops, kept: backupsIn(folder).length }
}

async function copy(from: string, to: string): Promise<void> {
  const source = new Database(from, { readonly: true, fileMustExist: true })
  try {
    // A backup starts again whenever another connection commits, unless its own keeps a snapshot.
    source.exec('BEGIN')
    source.prepare('SELECT count(*) FROM sync_meta').get()
    await source.backup(to, { progress: () => pagesPerStep })
    source.exec('COMMIT')
  } finally {
    source.close()
  }
}

/** The copy differs from what was written: the disk of the ledger or of the backup is failing. */
export class DamagedBackup extends Error {
  override readonly name = 'DamagedBackup'
  readonly flaws: readonly string[]

  constructor(flaws: readonly string[]) {
    super(`the backup is damaged: ${flaws.join('; ')}`)
    this.flaws = flaws
  }
}
