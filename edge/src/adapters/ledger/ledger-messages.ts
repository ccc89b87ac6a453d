import type { Fault } from '@baari/shared/faults/no'
import type { Request } from './command-batch.ts'
import type { LedgerFile } from './open-ledger.ts'
import type { TurnWords } from './turn-signal.ts'

/** What the control thread gives the ledger thread at its start. */
export type ThreadData = {
  readonly at: LedgerFile
  /** Whether the control thread's turn may bring more commands. */
  readonly turn: TurnWords
}

export type ToThread =
  { readonly kind: 'run'; readonly request: Request } | { readonly kind: 'close' }

/** An error as data: a class does not survive the way between threads. */
export type ErrorData = {
  readonly name: string
  readonly message: string
  readonly stack: string
  readonly fault: Fault | null
}

export type AnswerData =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorData }

export type FromThread =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'answers'
      readonly answers: readonly AnswerData[]
      readonly committed: readonly string[]
    }
