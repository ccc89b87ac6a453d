const none = new Uint8Array(0)

/**
 * A two-wire adapter without echo suppression returns what we send (S07). With `strip` the echo is
 * taken off; without, it is recognised by being equal to the request, which no reply to a read is,
 * and taken off with an alarm.
 */
export class EchoFilter {
  readonly #mode: 'strip' | 'none'
  readonly #tellsEchoes: boolean
  #sent: Uint8Array | null = null
  #matched = 0

  /** `tellsEchoes` is false where a reply may begin with the bytes of its request. */
  constructor(mode: 'strip' | 'none', tellsEchoes = true) {
    this.#mode = mode
    this.#tellsEchoes = tellsEchoes
  }

  sent(bytes: Uint8Array): void {
    // A short write of one register is answered with the same bytes: nothing can be told apart there.
    const untold = !this.#tellsEchoes || bytes[1] === 6
    this.#sent = this.#mode === 'none' && untold ? null : bytes
    this.#matched = 0
  }

  /** The bytes without the echo; `echo` once the whole echo was seen. */
  filter(bytes: Uint8Array): {
    readonly rest: Uint8Array
    readonly echo: 'echo' | 'unexpected-echo' | null
  } {
    const sent = this.#sent
    if (sent === null) return { rest: bytes, echo: null }
    let at = 0
    while (at < bytes.length && this.#matched < sent.length) {
      if (bytes[at] !== sent[this.#matched]) return this.#different(sent, bytes.subarray(at))
      at += 1
      this.#matched += 1
    }
    if (this.#matched < sent.length) return { rest: bytes.subarray(0, 0), echo: null }
    this.#sent = null
    return { rest: bytes.subarray(at), echo: this.#mode === 'strip' ? 'echo' : 'unexpected-echo' }
  }

  /** The line fell silent in the middle: what was held back is a reply after all, when we strip nothing. */
  release(): Uint8Array {
    const held = this.#mode === 'none' ? (this.#sent?.slice(0, this.#matched) ?? none) : none
    if (held.length > 0) this.#sent = null
    return held
  }

  /** It was no echo: what had matched so far is the begin of the reply. */
  #different(sent: Uint8Array, rest: Uint8Array) {
    this.#sent = null
    const held = sent.subarray(0, this.#matched)
    const joined = new Uint8Array(held.length + rest.length)
    joined.set(held)
    joined.set(rest, held.length)
    return { rest: joined, echo: null }
  }
}
