import type { Fault } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { CommandId } from '@baari/shared/units/names'
import type { Ack } from '../ports/dispenser.ts'

type Answer = Result<Ack, Fault>

/** Command ids kept per dispenser; a fill needs about four. */
const mostAnswers = 256

/**
 * A command id is carried out once (D08): while it runs the same promise is given again, once it
 * was acknowledged or refused the same answer. After a fault of the line nothing is kept, because
 * the outcome is unknown and asking again is right.
 */
export class AnsweredCommands {
  readonly #answers = new Map<CommandId, Promise<Answer>>()

  once(cmdId: CommandId, carryOut: () => Promise<Answer>): Promise<Answer> {
    const known = this.#answers.get(cmdId)
    if (known !== undefined) return known
    const running = carryOut().then((answer) => {
      if (!answer.ok && answer.error.code !== 'dispenser_refused') this.#answers.delete(cmdId)
      return answer
    })
    this.#answers.set(cmdId, running)
    this.#forgetOldest()
    return running
  }

  #forgetOldest(): void {
    const [oldest] = this.#answers.keys()
    if (this.#answers.size > mostAnswers && oldest !== undefined) this.#answers.delete(oldest)
  }
}
