import type { CommandTable, StationNow } from '../../ports/ledger.ts'
import { ledgerFault, LedgerFailure } from '../../ports/ledger-failure.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { StationNo } from '@baari/shared/units/names'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { batchMemory } from './batch-memory.ts'
import { compiledOnUse } from './compiled-on-use.ts'
import { keepDigests } from './digest-triggers.ts'
import { runBatch, type BatchResult, type Request } from './command-batch.ts'
import { ledgerTxOf } from './ledger-tx.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations/all.ts'
import { releaseReserve } from './reserve-file.ts'
import { openDatabase, type LedgerPlace, type Sqlite } from './open-database.ts'
import { currentEpoch, epochBytes } from './outbox-epoch.ts'

/** Who writes this file; plain data, so that it can be handed to a thread. */
export type LedgerFile = {
  readonly file: LedgerPlace
  readonly station: StationNo
  /** Random ids of this process start (sync.md section 3) and the program's version. */
  readonly boot: string
  readonly instance: string
  readonly version: string
  /** The ledger's allowance on a full disk; absent where there is none. */
  readonly reserve?: string
  /** Time of the opening, for the `boot` op. */
  readonly now: StationNow
}

export type CommandSet = {
  readonly commands: CommandTable<LedgerTx>
  readonly reads: ReadonlySet<string>
  readonly ids: IdSource
}

export type OpenLedger = {
  readonly sqlite: Sqlite
  /** Requests are taken one by one, with the transaction open. */
  run(requests: Iterable<Request>): BatchResult
  close(): void
}

/** Opens, migrates and announces the boot; from then on this is the file's only writer. */
export function openLedger(at: LedgerFile, set: CommandSet): OpenLedger {
  const sqlite = openWhole(at.file)
  migrate(sqlite, migrations)
  keepDigests(sqlite)
  const makeRoom = (): boolean => at.reserve !== undefined && releaseReserve(at.reserve)
  let now = at.now
  const memory = batchMemory()
  const connection = compiledOnUse(sqlite)
  const session = {
    sqlite: connection,
    db: drizzle(connection),
    station: at.station,
    boot: at.boot,
    current: () => now,
    memory,
  }
  const tx = sqlite
    .transaction(() => {
      currentEpoch(session, () => set.ids.hex(epochBytes))
      const repositories = ledgerTxOf(session)
      const { boot, instance, version } = at
      const entity = { type: 'station', uuid: instance } as const
      repositories.outbox.append({ kind: 'boot', entity, body: { boot, instance, version } })
      memory.write()
      return repositories
    })
    .immediate()
  const begin = (next: StationNow): void => void (now = next)
  const deps = { ...set, sqlite, tx, memory, makeRoom, begin }
  return { sqlite, run: (requests) => runBatch(deps, requests), close: () => sqlite.close() }
}

/**
 * A page that cannot be read may be met in the middle of a fill; it is better met here, where the
 * supervisor shows the sentence. The check takes about half a second for each 100 MB.
 */
function openWhole(file: LedgerPlace): Sqlite {
  let sqlite: Sqlite | undefined
  try {
    sqlite = openDatabase(file)
    const found = String(sqlite.pragma('quick_check(1)', { simple: true }))
    if (found === 'ok') return sqlite
    throw damaged(found)
  } catch (error) {
    sqlite?.close()
    const isCorrupt = error instanceof Error && /malformed|not a database/.test(error.message)
    throw isCorrupt && !(error instanceof LedgerFailure) ? damaged(error.message) : error
  }
}

function damaged(found: string): LedgerFailure {
  const hint = `the ledger file is damaged (${found}): put a backup back with: npx baari edge restore`
  return new LedgerFailure(ledgerFault('ledger_failed', hint), undefined)
}
