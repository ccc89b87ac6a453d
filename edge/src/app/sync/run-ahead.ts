import type { CloudLine, ReadyRun } from '../../ports/cloud-line.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { OutboxRun } from '../../ports/sync.ts'
import type { SyncCommands } from './sync-commands.ts'

export type RunAheadDeps = {
  readonly ledger: Pick<Ledger<SyncCommands>, 'run'>
  readonly line: Pick<CloudLine, 'makeReady'>
}

/**
 * Reads and packs the batch that will follow while the cloud works on the one before: a backlog of
 * days drains by as much faster. Nothing is sent ahead, and what is held is used only where the
 * outbox goes on exactly there.
 */
export class RunAhead {
  readonly #deps: RunAheadDeps
  #next: Promise<ReadyRun | undefined> = Promise.resolve(undefined)

  constructor(deps: RunAheadDeps) {
    this.#deps = deps
  }

  /** What was prepared; it is given once. */
  take(): Promise<ReadyRun | undefined> {
    const next = this.#next
    this.#next = Promise.resolve(undefined)
    return next
  }

  /** A full batch of the ledger stream left: probably more waits behind it. */
  prepare({ epoch, stream, first, last }: OutboxRun, ops: number): void {
    const { ledger, line } = this.#deps
    if (line.makeReady === undefined || stream !== 'ledger' || last - first + 1 < ops) return
    const ask = { epoch, stream, from: last + 1, ops }
    // One that fails is read again in its turn, and says why then.
    this.#next = ledger.run('epoch.run', ask).then(
      (run) => (run === null ? undefined : line.makeReady?.(run)),
      () => undefined,
    )
  }
}
