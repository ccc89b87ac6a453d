import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { SyncCommands } from '../../app/sync/sync-commands.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { OutboxRun } from '../../ports/sync.ts'

const pack = promisify(gzip)

/** A run with its lines packed as a gzip member of their own; the head is a member before it. */
export type PackedRun = OutboxRun & { readonly packed: Uint8Array }

export async function packRun(run: OutboxRun): Promise<PackedRun> {
  return { ...run, packed: await pack(run.lines) }
}

/**
 * Reads and packs the batch that will follow while the cloud works on the one before: a backlog of
 * days drains by as much faster. Nothing is sent ahead, and what is held is used only where the
 * outbox goes on exactly there.
 */
export class RunAhead {
  readonly #ledger: Pick<Ledger<SyncCommands>, 'run'>
  #next: Promise<PackedRun | undefined> = Promise.resolve(undefined)

  constructor(ledger: Pick<Ledger<SyncCommands>, 'run'>) {
    this.#ledger = ledger
  }

  /** What was prepared; it is given once. */
  take(): Promise<PackedRun | undefined> {
    const next = this.#next
    this.#next = Promise.resolve(undefined)
    return next
  }

  /** A full batch of the ledger stream left: probably more waits behind it. */
  prepare({ epoch, stream, first, last }: OutboxRun, ops: number): void {
    if (stream !== 'ledger' || last - first + 1 < ops) return
    const ask = { epoch, stream, from: last + 1, ops }
    // One that fails is read again in its turn, and says why then.
    this.#next = this.#ledger.run('epoch.run', ask).then(
      (run) => (run === null ? undefined : packRun(run)),
      () => undefined,
    )
  }
}
