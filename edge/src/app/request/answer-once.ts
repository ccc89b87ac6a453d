import { present } from '@baari/shared/faults/assert'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Command, CommandContext, CommandTable } from '../../ports/ledger.ts'
import type { RequestAnswerSlot } from '../../ports/request-answers.ts'
import type { RequestKey } from '../../ports/station-desk.ts'

export type OnceInput = {
  readonly request: RequestKey
  /** Name and input of the command to run. */
  readonly command: string
  readonly input: unknown
}

export type OnceAnswer = {
  readonly answer: unknown
  /** The answer was there: nothing was done now, and no effect may be carried out again. */
  readonly repeated: boolean
}

/**
 * Runs another command at most once per Idempotency-Key. The command's rows and its answer share
 * one commit, so after a power cut either both are there or neither, and a repeated request never
 * finds a key that is taken by an effect that did not happen.
 */
export function answerOnce<Tx extends RequestAnswerSlot>(
  commands: CommandTable<Tx>,
): Command<Tx, OnceInput, Result<OnceAnswer, Refusal>> {
  return (tx, { request, command, input }, context: CommandContext) => {
    const kept = tx.requestAnswers.find(request)
    if (kept && kept.requestSha256 !== request.requestSha256)
      return err(refusal('idempotency_mismatch'))
    if (kept) return ok({ answer: JSON.parse(kept.answer) as unknown, repeated: true })
    const run = present(commands[command], `command ${command}`)
    const answer = run(tx, input as never, context)
    tx.requestAnswers.keep(request, { answer: JSON.stringify(answer ?? null), at: context.now.at })
    return ok({ answer, repeated: false })
  }
}

/**
 * For an act on equipment that is not a row: taking the key is the durable part, done before the
 * act, so that a request delivered twice, even across a restart, acts at most once.
 */
export function takeKey(): null {
  return null
}
