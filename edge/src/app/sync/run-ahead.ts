import type { UplinkAnswer } from '@baari/shared/contracts/sync/uplink'
import type { CloudLine, ExchangeAnswer, ReadyRun } from '../../ports/cloud-line.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { OutboxRun } from '../../ports/sync.ts'
import type { SyncCommands } from './sync-commands.ts'

export type RunAheadDeps = {
  readonly ledger: Pick<Ledger<SyncCommands>, 'run'>
  readonly line: Pick<CloudLine, 'makeReady'>
}

type Answer = ExchangeAnswer<UplinkAnswer>

/** A run that was read ahead, and the exchange it already went out with. */
export type AheadRun = { readonly run: ReadyRun; readonly sent: Promise<Answer> }

type Following = {
  /** Ops of a full batch. */
  readonly ops: number
  readonly send: (run: ReadyRun) => Promise<Answer>
  /** False once the run before it was answered with a no: nothing goes out after that. */
  readonly wanted: () => boolean
}

/**
 * Reads, packs and sends the batch that will follow while the cloud works on the one before: two are
 * on their way, and a backlog of days drains by as much faster. The cloud takes the second only
 * where the first has ended (sync.md 5.3), so one that overtakes it, or whose forerunner was lost,
 * is refused without effect. Its answer counts only in its turn, and where the outbox goes on
 * exactly there; a refusal then counts for nothing and the run is sent again.
 */
export class RunAhead {
  readonly #deps: RunAheadDeps
  #next: Promise<AheadRun | undefined> = Promise.resolve(undefined)

  constructor(deps: RunAheadDeps) {
    this.#deps = deps
  }

  /** What went ahead; it is given once. */
  take(): Promise<AheadRun | undefined> {
    const next = this.#next
    this.#next = Promise.resolve(undefined)
    return next
  }

  /** A full batch of the ledger stream left: probably more waits behind it. */
  follow({ epoch, stream, last, full }: OutboxRun, { ops, send, wanted }: Following): void {
    const { ledger, line } = this.#deps
    if (line.makeReady === undefined || stream !== 'ledger' || full !== true) return
    const ask = { epoch, stream, from: last + 1, ops }
    const ready = ledger.run('epoch.run', ask).then((run) => run && line.makeReady?.(run))
    // One that fails is read again in its turn, and says why then.
    this.#next = ready.then(
      (run) => (run && wanted() ? { run, sent: send(run) } : undefined),
      () => undefined,
    )
  }
}
