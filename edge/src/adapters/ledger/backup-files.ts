import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Instant } from '@baari/shared/units/time'

/** Two days of hours. */
export const backupsKept = 48

const backupName = /^ledger-\d{8}T\d{6}Z\.db$/

/** `ledger-20261122T070000Z.db`: names sort by time. */
export function backupNameOf(at: Instant): string {
  return `ledger-${new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')}.db`
}

/** What an interrupted backup left, with SQLite's files beside it. */
const uncheckedName = /^ledger-unchecked(-\d+)?\.tmp(-journal|-wal|-shm)?$/

export function uncheckedIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => uncheckedName.test(name))
    .map((name) => join(folder, name))
}

/** Backups in a folder, newest first; files of other names are none of ours. */
export function backupsIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => backupName.test(name))
    .sort()
    .reverse()
    .map((name) => join(folder, name))
}
