import { monoAfter, type Mono } from '@baari/shared/units/time'
import { AbandonedReplies, latestReplyMs } from './abandoned-replies.ts'
import type { AskedAgain, GivenUp, HeardReply, LateReplyRule } from './late-reply-rule.ts'

/**
 * The rule `own-meaning`. A statement of the device is true whenever it comes, so the next question
 * takes it; only acknowledgements could be mistaken, when their numbers come round. A number that
 * was given up is therefore used anew only for the very same bytes, or after another number was
 * acknowledged: a device answers in order, so nothing older is pending then.
 */
export class OwnMeaningReplies implements LateReplyRule {
  readonly #numbered: (signature: string) => boolean
  readonly #given = new AbandonedReplies()
  /** When the last of a kind was given up: a reply more than is waited for is then no stranger. */
  readonly #last = new Map<string, Mono>()

  constructor(numbered: (signature: string) => boolean) {
    this.#numbered = numbered
  }

  choose(address: number, signatures: readonly string[], ask: AskedAgain): number | null {
    const [signature = ''] = signatures
    if (this.#numbered(signature) && !ask.again) return this.#given.choose(address, signatures, ask)
    this.#given.forget(address, signature)
    return 0
  }

  gaveUp(address: number, entry: GivenUp): void {
    this.#given.gaveUp(address, entry)
    this.#last.set(`${address} ${entry.signature}`, entry.sentAt)
  }

  takeLate(reply: HeardReply, waitingFor: number | null): boolean {
    if (this.#given.takeLate(reply, waitingFor)) return true
    const last = this.#last.get(`${reply.address} ${reply.signature ?? ''}`)
    const mayBeOwed = last !== undefined && monoAfter(last, latestReplyMs) > reply.at
    return waitingFor !== reply.address && mayBeOwed
  }

  mayAnswer(_reply: HeardReply): boolean {
    return true
  }

  /** A statement proves nothing about order: it may be older than a number that was given up. */
  answered(reply: HeardReply): void {
    if (reply.signature !== null && this.#numbered(reply.signature)) this.#given.answered(reply)
  }
}
