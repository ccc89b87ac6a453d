import type { CommandTable, Ledger, StationNow } from '../../ports/ledger.ts'
import { ledgerFault, LedgerFailure } from '../../ports/ledger-failure.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { Answer, Request } from './command-batch.ts'
import { batchMax, waitingMax } from './ledger-bounds.ts'
import type { Sqlite } from './open-database.ts'
import { openLedger, type CommandSet, type LedgerFile } from './open-ledger.ts'

type Waiting = { readonly request: Request; readonly settle: (answer: Answer) => void }

export type InlineLedgerOptions<Table> = Omit<CommandSet, 'commands'> & {
  readonly at: LedgerFile
  readonly commands: Table
  readonly now: () => StationNow
  /** Hands out the open file, for rows that a real node gets from the shape follower. */
  readonly seed?: (sqlite: Sqlite) => void
}

/**
 * The ledger in the caller's own thread, for tests and the simulated world: same batches, same
 * SQL, same promises, and nothing that depends on the speed of a thread.
 */
export function inlineLedger<Table extends CommandTable<LedgerTx>>(
  options: InlineLedgerOptions<Table>,
): Ledger<Table> {
  const { at, now, seed, ...set } = options
  const ledger = openLedger(at, set)
  seed?.(ledger.sqlite)
  const listeners = new Set<(names: readonly string[]) => void>()
  let waiting: Waiting[] = []
  let nextId = 1
  let closed = false

  function drain(): void {
    while (waiting.length > 0 && !closed) {
      const batch = waiting.slice(0, batchMax)
      waiting = waiting.slice(batchMax)
      const { answers, committed } = ledger.run(batch.map(({ request }) => request))
      // A transaction that cannot begin fails the first command alone; the others are tried again.
      waiting = [...batch.slice(answers.length), ...waiting]
      answers.forEach((answer, index) => batch[index]?.settle(answer))
      if (committed.length > 0) for (const call of listeners) call(committed)
    }
  }

  // A microtask without the bookkeeping of `queueMicrotask`; what `drain` throws is a bug of ours.
  const soon = Promise.resolve()

  return {
    run(name, input) {
      if (closed) return Promise.reject(failed('the ledger is closed'))
      if (waiting.length >= waitingMax) return Promise.reject(failed('too many commands wait'))
      const request = { id: nextId++, name, input, now: now() }
      return new Promise((resolve, reject) => {
        const settle = (answer: Answer): void => {
          // The table says what the command of this name answers.
          if (answer.ok) resolve(answer.value as Parameters<typeof resolve>[0])
          else reject(answer.error)
        }
        waiting.push({ request, settle })
        if (waiting.length === 1) void soon.then(drain)
      })
    },
    onCommit(call) {
      listeners.add(call)
      return () => listeners.delete(call)
    },
    close() {
      if (closed) return Promise.resolve()
      drain()
      closed = true
      ledger.close()
      return Promise.resolve()
    },
  }
}

function failed(hint: string): LedgerFailure {
  return new LedgerFailure(ledgerFault('ledger_failed', hint))
}
