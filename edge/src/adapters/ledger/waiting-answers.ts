import { LedgerFailure } from '../../ports/ledger-failure.ts'
import { Bug } from '@baari/shared/faults/assert'
import type { Clock } from '@baari/shared/runtime/clock'
import { answerDeadline } from './ledger-bounds.ts'
import type { AnswerData, ErrorData } from './ledger-messages.ts'

type Waiting = { resolve(value: unknown): void; reject(error: Error): void }

export type WaitingAnswers = {
  size(): number
  /** Resolves with the answer of this id. */
  expect(id: number): Promise<unknown>
  settle(answers: readonly AnswerData[]): void
  /** Ends every wait; harmless when nobody waits. */
  rejectAll(error: Error): void
}

/** Commands on their way to the thread. Silence while somebody waits is reported once. */
export function waitingAnswers(clock: Clock, onSilence: () => void): WaitingAnswers {
  const waiting = new Map<number, Waiting>()
  let cancelDeadline = (): void => undefined

  function watch(): void {
    cancelDeadline()
    if (waiting.size > 0) cancelDeadline = clock.after('ledger answer', answerDeadline, onSilence)
  }

  return {
    size: () => waiting.size,
    expect(id) {
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        if (waiting.size === 1) watch()
      })
    },
    settle(answers) {
      for (const answer of answers) {
        const waiter = waiting.get(answer.id)
        waiting.delete(answer.id)
        if (answer.ok) waiter?.resolve(answer.value)
        else waiter?.reject(errorOf(answer.error))
      }
      watch()
    },
    rejectAll(error) {
      for (const { reject } of waiting.values()) reject(error)
      waiting.clear()
      watch()
    },
  }
}

function errorOf({ name, message, stack, fault }: ErrorData): Error {
  if (fault) return new LedgerFailure(fault)
  const error = name === 'Bug' ? new Bug(message) : new Error(message)
  error.stack = stack
  return error
}
