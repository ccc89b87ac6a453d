import { millis, monoAfter, type Mono } from '@baari/shared/units/time'

/** A device that answers later than this is refused at commissioning (hardware.md section 4). */
const latestReplyMs = millis(10_000)

type Abandoned = { readonly signature: string; readonly sentAt: Mono }

/**
 * Per address, the replies that may still come although nobody waits for them. A request whose
 * reply could be taken for one of these is not sent; so a late reply always finds a question of
 * another shape, and is refused however late it comes (S05).
 */
export class AbandonedReplies {
  readonly #lists = new Map<number, readonly Abandoned[]>()

  add(address: number, entry: Abandoned): void {
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

  /** Whether a reply that could answer anything, such as an exception, may belong to an older request. */
  couldBeOlder(address: number, now: Mono): boolean {
    return this.#list(address).some((entry) => monoAfter(entry.sentAt, latestReplyMs) > now)
  }

  /** A device answers in order: an answered request shows that nothing older is pending. */
  answered(address: number): void {
    this.#lists.delete(address)
  }

  /** The reply of an abandoned request came: it and what is older is no longer pending. */
  cameLate(address: number, signature: string): void {
    const list = this.#list(address)
    const index = list.findIndex((entry) => entry.signature === signature)
    this.#lists.set(address, list.slice(index + 1))
  }

  /** A reply without a signature came: it settles the list only when there is one candidate. */
  cameUnsigned(address: number): void {
    if (this.#list(address).length === 1) this.#lists.delete(address)
  }

  /**
   * Index of the first form that cannot be mistaken. With all abandoned, the oldest is used again
   * 10 s after it was sent; null until then.
   */
  choose(address: number, signatures: readonly string[], now: Mono): number | null {
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

  #list(address: number): readonly Abandoned[] {
    return this.#lists.get(address) ?? []
  }
}
