import { millis, monoAfter } from '@baari/shared/units/time'
import type { AskedAgain, GivenUp, HeardReply, LateReplyRule } from './late-reply-rule.ts'

/** A device that answers later than this is refused at commissioning (hardware.md section 4). */
export const latestReplyMs = millis(10_000)

/**
 * The rule `other-form`. Per address, the replies that may still come although nobody waits for
 * them. A request whose reply could be taken for one of these is not sent; so a late reply always
 * finds a question of another shape, and is refused however late it comes (S05).
 */
export class AbandonedReplies implements LateReplyRule {
  readonly #lists = new Map<number, readonly GivenUp[]>()

  gaveUp(address: number, entry: GivenUp): void {
    const others = this.#list(address).filter((other) => other.signature !== entry.signature)
    this.#lists.set(address, [...others, entry])
  }

  has(address: number, signature: string): boolean {
    return this.#list(address).some((entry) => entry.signature === signature)
  }

  /** Whether anything of this address is given up and unanswered. */
  any(address: number): boolean {
    return this.#list(address).length > 0
  }

  /** The same request goes out again: either reply answers it. */
  forget(address: number, signature: string): void {
    const others = this.#list(address).filter((entry) => entry.signature !== signature)
    this.#lists.set(address, others)
  }

  /**
   * A reply with a signature settles its request and what is older: a device answers in order. One
   * without settles the list only when nobody waits and there is one candidate.
   */
  takeLate({ address, signature }: HeardReply, waitingFor: number | null): boolean {
    const list = this.#list(address)
    if (signature === null) {
      if (waitingFor !== null || list.length === 0) return false
      if (list.length === 1) this.#lists.delete(address)
      return true
    }
    const index = list.findIndex((entry) => entry.signature === signature)
    if (index < 0) return false
    this.#lists.set(address, list.slice(index + 1))
    return true
  }

  /** A reply that could answer anything, such as an exception, may belong to an older request. */
  mayAnswer({ address, signature, at }: HeardReply): boolean {
    if (signature !== null) return true
    return this.#list(address).every((entry) => monoAfter(entry.sentAt, latestReplyMs) <= at)
  }

  /** A device answers in order: an answered request shows that nothing older is pending. */
  answered({ address }: HeardReply): void {
    this.#lists.delete(address)
  }

  /**
   * Index of the first form that cannot be mistaken. With all abandoned, the oldest is used again
   * 10 s after it was sent; null until then.
   */
  choose(address: number, signatures: readonly string[], { now }: AskedAgain): number | null {
    const free = signatures.findIndex((signature) => !this.has(address, signature))
    if (free >= 0) return free
    const oldest = this.#list(address).find((entry) => signatures.includes(entry.signature))
    if (oldest === undefined || monoAfter(oldest.sentAt, latestReplyMs) > now) return null
    this.#lists.set(
      address,
      this.#list(address).filter((entry) => entry !== oldest),
    )
    return signatures.indexOf(oldest.signature)
  }

  #list(address: number): readonly GivenUp[] {
    return this.#lists.get(address) ?? []
  }
}
