import type { CommandContext, CommandTable, StationNow } from '../../ports/ledger.ts'
import { ledgerFault, LedgerFailure } from '../../ports/ledger-failure.ts'
import { assert, present } from '@baari/shared/faults/assert'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { BatchMemory } from './batch-memory.ts'
import type { Sqlite } from './open-database.ts'

export type Request = {
  readonly id: number
  readonly name: string
  readonly input: unknown
  readonly now: StationNow
}

export type Answer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: unknown }

export type BatchResult = {
  /** Of the requests that were taken, in their order: at least one, unless there was none. */
  readonly answers: readonly Answer[]
  /** Commands whose changes the commit made durable; empty when nothing changed. */
  readonly committed: readonly string[]
}

export type BatchDeps<Tx> = {
  readonly sqlite: Sqlite
  readonly tx: Tx
  readonly commands: CommandTable<Tx>
  /** Names of commands that only read: they see a consistent state and cannot write. */
  readonly reads: ReadonlySet<string>
  readonly ids: IdSource
  readonly begin: (now: StationNow) => void
  readonly memory: BatchMemory
  /** Gives up the ledger's allowance on a full disk; false when there is none to give. */
  readonly makeRoom?: () => boolean
}

/**
 * Runs commands under one commit: one that throws leaves no trace and disturbs none of the others.
 * They are taken one by one while the transaction is open. Nobody is answered before the commit is
 * on the disk; if the commit itself fails, every command of the batch failed.
 */
export function runBatch<Tx>(deps: BatchDeps<Tx>, requests: Iterable<Request>): BatchResult {
  const batch = batchOf(requests)
  const result = runOnce(deps, batch, 'all')
  if (!result.diskFull) return result
  // Nothing of a full disk's batch was stored, so it runs again as if for the first time.
  const hasRoom = deps.makeRoom?.() === true
  return runOnce(deps, batch, hasRoom ? 'all' : 'one')
}

/** Whom a full disk fails: all, because there may be room to make, or the one that needed some. */
type FullFails = 'all' | 'one'

type Batch = {
  /** Those that were begun. */
  readonly taken: readonly Request[]
  /** From the first one; what was not begun yet is taken when its turn comes. */
  all(): Iterable<Request>
}

function batchOf(requests: Iterable<Request>): Batch {
  const source = requests[Symbol.iterator]()
  const taken: Request[] = []

  function* all(): Iterable<Request> {
    for (const request of [...taken]) yield request
    for (let next = source.next(); next.done !== true; next = source.next()) {
      taken.push(next.value)
      yield next.value
    }
  }

  return { taken, all }
}

/**
 * A savepoint makes SQLite copy every page that a command touches, and commands throw only for
 * bugs and broken disks. So they run without any; when one throws, all is rolled back and the batch
 * runs once more as if for the first time, each command in a savepoint of its own.
 */
function runOnce<Tx>(deps: BatchDeps<Tx>, batch: Batch, fullFails: FullFails): Ran {
  return (
    runWith(deps, batch, (request) => {
      try {
        return { id: request.id, ok: true, value: call(deps, request) }
      } catch {
        return undefined
      }
    }) ??
    present(
      runWith(deps, batch, (request) => runApart(deps, request, fullFails)),
      'answers',
    )
  )
}

type Ran = BatchResult & { readonly diskFull: boolean }

/** One transaction; undefined, and nothing stored, when a command had no answer. */
function runWith<Tx>(
  deps: BatchDeps<Tx>,
  { taken, all }: Batch,
  run: (request: Request) => Answer | undefined,
): Ran | undefined {
  const { sqlite, reads, memory } = deps
  const before = totalChanges(sqlite)
  try {
    const { begin, beginRead, commit } = statementsOf(sqlite)
    const answers: Answer[] = []
    for (const request of all()) {
      // A transaction that began by reading becomes a writing one: nobody else writes to this file.
      if (answers.length === 0) (reads.has(request.name) ? beginRead : begin).run()
      const answer = run(request)
      if (answer === undefined) return takenBack(deps)
      answers.push(answer)
    }
    if (answers.length === 0) return { answers, committed: [], diskFull: false }
    memory.write()
    commit.run()
    const changed = totalChanges(sqlite) !== before
    const committed = changed ? writersIn(answers, { requests: taken, reads }) : []
    return { answers, committed, diskFull: false }
  } catch (cause) {
    takenBack(deps)
    const error = failureOf(cause)
    const answers = taken.map(({ id }) => ({ id, ok: false as const, error }))
    return { answers, committed: [], diskFull: isFull(cause) }
  }
}

/** A full disk or a broken page makes SQLite roll the whole transaction back by itself. */
function takenBack<Tx>({ sqlite, memory }: BatchDeps<Tx>): undefined {
  if (sqlite.inTransaction) sqlite.exec('ROLLBACK')
  memory.forget()
}

/** The disk's no keeps its own code, so that the screens can say what to do about it. */
function failureOf(cause: unknown): LedgerFailure {
  const hint = cause instanceof Error ? cause.message : String(cause)
  return new LedgerFailure(ledgerFault(isFull(cause) ? 'disk_full' : 'ledger_failed', hint), cause)
}

/** A write-ahead log that cannot grow says FULL; one that cannot be synced or mapped says IOERR. */
function isFull(cause: unknown): boolean {
  return isSqliteError(cause) && /^SQLITE_FULL|^SQLITE_IOERR_(WRITE|SHMSIZE|FSYNC)/.test(cause.code)
}

function isSqliteError(cause: unknown): cause is Error & { readonly code: string } {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
}

/** A full disk ends the whole transaction, or the statement alone where it kept a journal of it. */
function runApart<Tx>(deps: BatchDeps<Tx>, request: Request, fullFails: FullFails): Answer {
  const { sqlite, memory } = deps
  const { savepoint, release } = statementsOf(sqlite)
  savepoint.run()
  try {
    const value = call(deps, request)
    memory.write()
    release.run()
    return { id: request.id, ok: true, value }
  } catch (error) {
    if (!sqlite.inTransaction || (fullFails === 'all' && isFull(error))) throw error
    sqlite.exec('ROLLBACK TO command')
    sqlite.exec('RELEASE command')
    memory.forget()
    return { id: request.id, ok: false, error: isFull(error) ? failureOf(error) : error }
  }
}

function call<Tx>(deps: BatchDeps<Tx>, { name, input, now }: Request): unknown {
  const command = present(deps.commands[name], `command ${name}`)
  const context: CommandContext = { now, ids: deps.ids }
  deps.begin(now)
  if (!deps.reads.has(name)) return command(deps.tx, input as never, context)
  // `PRAGMA query_only` would refuse the write itself, but makes SQLite compile every statement of
  // the connection anew; a write that is found afterwards is taken back with the savepoint.
  const before = totalChanges(deps.sqlite)
  const value = command(deps.tx, input as never, context)
  assert(totalChanges(deps.sqlite) === before, `the readonly command ${name} wrote`)
  return value
}

function writersIn(
  answers: readonly Answer[],
  {
    requests,
    reads,
  }: { readonly requests: readonly Request[]; readonly reads: ReadonlySet<string> },
): readonly string[] {
  const failed = new Set(answers.filter(({ ok }) => !ok).map(({ id }) => id))
  return requests.filter(({ id, name }) => !failed.has(id) && !reads.has(name)).map((r) => r.name)
}

function totalChanges(sqlite: Sqlite): number {
  return present(statementsOf(sqlite).changes.get(), 'total_changes()')
}

/** Compiled once for each file: they frame every command of every batch. */
const prepared = new WeakMap<Sqlite, ReturnType<typeof prepareStatements>>()

function prepareStatements(sqlite: Sqlite) {
  return {
    begin: sqlite.prepare('BEGIN IMMEDIATE'),
    beginRead: sqlite.prepare('BEGIN DEFERRED'),
    commit: sqlite.prepare('COMMIT'),
    savepoint: sqlite.prepare('SAVEPOINT command'),
    release: sqlite.prepare('RELEASE command'),
    changes: sqlite.prepare<[], number>('SELECT total_changes()').pluck(),
  }
}

function statementsOf(sqlite: Sqlite): ReturnType<typeof prepareStatements> {
  const known = prepared.get(sqlite)
  if (known) return known
  const fresh = prepareStatements(sqlite)
  prepared.set(sqlite, fresh)
  return fresh
}
