import { monoAfter, type Mono } from '@baari/shared/units/time'
import { latestReplyMs } from './abandoned-replies.ts'
import type { AskedAgain, GivenUp, HeardReply, LateReplyRule } from './late-reply-rule.ts'

/** Requests to one address whose replies may still come; a device that is silent adds no more. */
const mostPending = 16

/**
 * The rule `nameless`. A reply without a name is of whoever was asked last, so while one of them may
 * still come no question of that kind goes out on the line, to nobody. It can come no more when the
 * device that owes it has answered a later question by name, for it answers in order; and after 10 s
 * in any case, so that a dead device does not bar the living for ever.
 */
export class NamelessReplies implements LateReplyRule {
  readonly #nameless: (signature: string) => boolean
  readonly #pending = new Map<number, readonly GivenUp[]>()

  constructor(nameless: (signature: string) => boolean) {
    this.#nameless = nameless
  }

  choose(_address: number, signatures: readonly string[], { now }: AskedAgain): number | null {
    const [signature = ''] = signatures
    if (!this.#nameless(signature)) return 0
    const pending = [...this.#pending.values()].flat()
    const owed = pending.some((entry) => this.#nameless(entry.signature) && isRecent(entry, now))
    return owed ? null : 0
  }

  gaveUp(address: number, entry: GivenUp): void {
    this.#pending.set(address, [...this.#list(address), entry].slice(-mostPending))
  }

  /** A named reply that nobody waits for is late, too; one that somebody waits for is a statement. */
  takeLate({ address, signature }: HeardReply, waitingFor: number | null): boolean {
    const named = signature === null || !this.#nameless(signature)
    if (named && waitingFor === address) return false
    const index = this.#list(address).findIndex((entry) => entry.signature === signature)
    if (index < 0) return false
    this.#pending.set(address, this.#list(address).slice(index + 1))
    return true
  }

  mayAnswer(_reply: HeardReply): boolean {
    return true
  }

  /**
   * The answer may be that of an older question of the same kind. Then only what is older still is
   * settled by it, and the open question itself may be answered yet.
   */
  answered({ address, signature, at }: HeardReply): void {
    const recent = this.#list(address).filter((entry) => isRecent(entry, at))
    const index = recent.findIndex((entry) => entry.signature === signature)
    const rest = recent.slice(index + 1)
    const doubtful = index >= 0 && signature !== null
    this.#pending.set(address, doubtful ? [...rest, { signature, sentAt: at }] : [])
  }

  #list(address: number): readonly GivenUp[] {
    return this.#pending.get(address) ?? []
  }
}

/** Whether its reply may still come. */
function isRecent({ sentAt }: GivenUp, now: Mono): boolean {
  return monoAfter(sentAt, latestReplyMs) > now
}
