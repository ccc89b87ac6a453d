import type { IdSource } from '@baari/shared/runtime/chance'
import type { Instant, Mono } from '@baari/shared/units/time'

/** Station time (architecture.md, Tokens): trusted once cloud time was seen in this boot. */
export type StationNow = {
  readonly at: Instant
  readonly mono: Mono
  /** False: nobody is LATE and no strike is counted. */
  readonly trusted: boolean
}

/** What a command may know besides its input; everything else it reads from the ledger. */
export type CommandContext = {
  readonly now: StationNow
  readonly ids: IdSource
}

/**
 * A use-case of the station, run inside one SQLite write transaction of the ledger thread: it
 * loads, decides by domain code, stores state, outbox and audit rows, and returns what the control
 * thread has to carry out. It is synchronous; a thrown Bug rolls everything back.
 */
export type Command<Tx, Input, Output> = (tx: Tx, input: Input, context: CommandContext) => Output

// Inputs are contravariant, so a table of commands of different inputs is typed by `never`.
export type CommandTable<Tx> = { readonly [name: string]: Command<Tx, never, unknown> }

export type InputOf<C> = C extends (tx: never, input: infer I, context: never) => unknown
  ? I
  : never
export type OutputOf<C> = C extends (tx: never, input: never, context: never) => infer O ? O : never

/**
 * The way to the ledger thread, the only writer of `ledger.db`. Promises: commands run one at a
 * time in the order given; the answer comes after the commit is durable (synchronous=FULL), never
 * before; several waiting commands may share one commit; a command that throws rolls back alone.
 * At most 1,000 commands wait, the next is refused with the fault `ledger_failed`.
 */
export type Ledger<Table> = {
  run<K extends keyof Table & string>(
    name: K,
    input: InputOf<Table[K]>,
  ): Promise<OutputOf<Table[K]>>
  /** Called after each commit that changed something, with the names of the commands in it. */
  onCommit(call: (names: readonly string[]) => void): () => void
  close(): Promise<void>
}
