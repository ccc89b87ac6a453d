import type { CommandTable, Ledger, StationNow } from '../../ports/ledger.ts'
import { ledgerFault, LedgerFailure } from '../../ports/ledger-failure.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { Clock } from '@baari/shared/runtime/clock'
import { startThread } from '../../runtime/start-thread.ts'
import { waitingMax } from './ledger-bounds.ts'
import type { FromThread, ThreadData, ToThread } from './ledger-messages.ts'
import type { LedgerFile } from './open-ledger.ts'
import { turnSignal } from './turn-signal.ts'
import { waitingAnswers } from './waiting-answers.ts'

export type LedgerThreadOptions = {
  /** The module that runs `serveLedger` with the table of commands. */
  readonly script: URL
  readonly at: LedgerFile
  readonly clock: Clock
  readonly now: () => StationNow
  /** Called once when the thread died by itself; the owner makes safe, restarts and recovers. */
  readonly onFailure: (failure: LedgerFailure) => void
}

/**
 * Starts the ledger thread and waits until its file is open. When the thread dies, every waiting
 * command is rejected with `ledger_failed`: each of them may or may not be stored.
 */
export async function startLedgerThread<Table extends CommandTable<LedgerTx>>(
  options: LedgerThreadOptions,
): Promise<Ledger<Table>> {
  const thread = ledgerThread(options)
  await thread.opened
  const { now } = options
  let nextId = 1
  return {
    run: (name, input) => thread.ask({ id: nextId++, name, input, now: now() }) as never,
    onCommit(call) {
      thread.listeners.add(call)
      return () => thread.listeners.delete(call)
    },
    close: () => thread.close(),
  }
}

type Request = (ToThread & { readonly kind: 'run' })['request']

function ledgerThread({ script, at, clock, onFailure }: LedgerThreadOptions) {
  const turn = turnSignal()
  const data: ThreadData = { at, turn: turn.words }
  const worker = startThread(script, data)
  const listeners = new Set<(names: readonly string[]) => void>()
  const answers = waitingAnswers(clock, () => {
    die('no answer from the ledger thread')
    void worker.terminate()
  })
  let state: 'running' | 'closing' | 'dead' = 'running'
  let settleOpened: { resolve(): void; reject(error: Error): void }
  const opened = new Promise<void>((resolve, reject) => (settleOpened = { resolve, reject }))
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const post = (message: ToThread): void => worker.postMessage(message)

  function die(hint: string, cause?: unknown): void {
    if (state === 'dead') return
    const unexpected = state === 'running'
    state = 'dead'
    const failure = failed(hint, cause)
    settleOpened.reject(failure)
    answers.rejectAll(failure)
    if (unexpected) onFailure(failure)
  }

  worker.on('error', (error) => die('the ledger thread failed', error))
  worker.on('exit', (code) => die(`the ledger thread ended with code ${code}`))
  worker.on('message', (message: FromThread) => {
    if (message.kind === 'open') return settleOpened.resolve()
    answers.settle(message.answers)
    if (message.committed.length > 0) for (const call of listeners) call(message.committed)
  })

  return {
    opened,
    listeners,
    ask(request: Request): Promise<unknown> {
      if (state !== 'running') return Promise.reject(failed('the ledger thread has ended'))
      if (answers.size() >= waitingMax) return Promise.reject(failed('too many commands wait'))
      post({ kind: 'run', request })
      turn.posted()
      return answers.expect(request.id)
    },
    close(): Promise<void> {
      if (state === 'running') post({ kind: 'close' })
      if (state === 'running') state = 'closing'
      return exited
    },
  }
}

function failed(hint: string, cause?: unknown): LedgerFailure {
  return new LedgerFailure(ledgerFault('ledger_failed', hint), cause)
}
