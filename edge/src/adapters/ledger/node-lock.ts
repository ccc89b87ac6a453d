import { ledgerFault, LedgerFailure } from '../../ports/ledger-failure.ts'
import Database from 'better-sqlite3'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const lockName = 'node.lock'
const pidName = 'node.pid'

/**
 * Claims a data folder for this process: two nodes on one ledger would fork its history. The lock
 * is SQLite's exclusive lock on a file of its own, which the operating system drops when the
 * process dies, however it dies; a process id alone would be taken for alive by its successor in a
 * container. The id stands beside it only for the message.
 * @throws LedgerFailure naming the process that holds the folder
 */
export function takeNodeLock(folder: string): { release(): void } {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = new Database(join(folder, lockName), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    const hint = `${folder} is in use by the node with process id ${pidIn(folder)}`
    throw new LedgerFailure(ledgerFault('ledger_failed', hint), error)
  }
  writeFileSync(join(folder, pidName), `${process.pid}\n`)
  return { release: () => void lock.close() }
}

function pidIn(folder: string): string {
  try {
    return readFileSync(join(folder, pidName), 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
