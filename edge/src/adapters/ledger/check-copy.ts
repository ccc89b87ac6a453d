import { present } from '@baari/shared/faults/assert'
import Database from 'better-sqlite3'
import { verifyChain, type ChainFlaw } from './verify-chain.ts'

export type CopyCheck = {
  readonly station: number
  readonly epoch: string
  /** Ops of every epoch and stream in the copy. */
  readonly ops: number
  readonly flaws: readonly string[]
}

/**
 * Whether a copy of `ledger.db` is whole: SQLite's own integrity check and the hash chain of every
 * stream. The file is left in rollback-journal mode, so that it is one file without a WAL.
 */
export function checkCopy(file: string): CopyCheck {
  const db = new Database(file, { fileMustExist: true })
  try {
    db.pragma('journal_mode = DELETE')
    const integrity = (db.pragma('integrity_check(10)') as { readonly integrity_check: string }[])
      .map((row) => row.integrity_check)
      .filter((text) => text !== 'ok')
    const meta = db
      .prepare<[], Pick<CopyCheck, 'station' | 'epoch'>>(
        'SELECT station_no AS station, epoch FROM sync_meta',
      )
      .get()
    const { station, epoch } = present(meta, 'sync_meta of the copy')
    const ops = present(
      db.prepare<[], { readonly n: number }>('SELECT count(*) AS n FROM outbox').get(),
      'count',
    ).n
    return { station, epoch, ops, flaws: [...integrity, ...verifyChain(db, station).map(textOf)] }
  } finally {
    db.close()
  }
}

function textOf({ epoch, stream, seq, flaw }: ChainFlaw): string {
  return `chain of ${stream} in epoch ${epoch}: ${flaw} at ${seq}`
}
