import type { Fault } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Millis, Mono } from '@baari/shared/units/time'
import type { RaisedFault, Unsubscribe } from './device.ts'
import type { PipeState } from './byte-pipe.ts'

/** What a codec found in the bytes. `raw` is bounded by the codec's own buffer. */
export type Decoded<Frame> =
  | { readonly kind: 'frame'; readonly frame: Frame; readonly raw: Uint8Array }
  | { readonly kind: 'noise'; readonly raw: Uint8Array }
  | { readonly kind: 'damaged'; readonly reason: string; readonly raw: Uint8Array }

/**
 * A wire protocol seen from the asking side, pure. `feed` and `tick` never throw; memory is at most
 * 8 KiB. Modbus, DART and the others differ only in what they put here.
 */
export type Codec<Request, Reply> = {
  encode(request: Request): Uint8Array
  feed(bytes: Uint8Array): readonly Decoded<Reply>[]
  /** The line has been silent for a gap: look for whole frames behind a torn one. */
  tick(): readonly Decoded<Reply>[]
  /** Forgets a partial frame. */
  reset(): void
  /** Bytes of a partial frame that are kept. */
  pending(): number
  /** Whether this reply can be the answer to this request. */
  expect(request: Request): (reply: Reply) => boolean
  addressOf(request: Request): number
  replyAddress(reply: Reply): number
  /**
   * Everything by which the protocol lets replies be told apart, such as function and length. Two
   * requests with equal signatures have replies that can be mistaken for each other.
   */
  signature(request: Request): string
  /** Signature of a reply; null for one that could answer several requests, such as an exception. */
  replySignature(reply: Reply): string | null
  readonly lateReplies: LateReplies
  /** A reply begins with the bytes of its request: an echo nobody configured looks the same (S07). */
  readonly repliesRepeatRequest?: true
  /**
   * Several stops are written one behind the other and awaited afterwards. Only where a device that
   * was spoken over hears the next frame all the same, and the same stop twice does no harm.
   */
  readonly stopsBackToBack: boolean
  /**
   * What stands for the reply to a request that no device answers; null, as without this function,
   * when one is awaited. Such an exchange is over when its bytes are on the wire and says nothing
   * about the device.
   */
  unanswered?(request: Request): Reply | null
}

/**
 * What keeps a reply that comes after its request was given up from being taken for another's (S05,
 * docs/adr/0020-late-replies-by-protocol.md). A signature is that of the request and of its reply.
 */
export type LateReplies =
  /**
   * Only its shape tells a reply: after a timeout the next question at that address has another
   * form, and a reply of an old form is refused however late it comes.
   */
  | { readonly rule: 'other-form' }
  /**
   * A reply says itself whose and what it is, and a late one is as true as a prompt one. Once the
   * line was drained the same may be asked again. Only what is `numbered` is kept: the number of a
   * request that was given up is not used anew before another number was acknowledged.
   */
  | { readonly rule: 'own-meaning'; readonly numbered: (signature: string) => boolean }
  /**
   * A `nameless` reply does not even tell its device. After one was given up no such question is
   * asked on the whole line before the same device has answered a question whose reply names it.
   */
  | { readonly rule: 'nameless'; readonly nameless: (signature: string) => boolean }

/** `stop` overtakes the queue, the retry and the drain; the others are served in this order. */
export type Priority = 'stop' | 'control' | 'poll' | 'slow'

export type Exchange<Request> = {
  /**
   * The same question in forms whose replies differ, in order of preference. Under the rule
   * `other-form` the bus uses another one after a timeout, and three are enough; under the other
   * rules one is.
   */
  readonly forms: readonly [Request, ...Request[]]
  readonly priority: Priority
  /** From the end of the request on the wire to the last byte of the reply. */
  readonly timeoutMs: Millis
  /** Further attempts after the first, inside the deadline. At most 2 (S02). */
  readonly retries: number
  /** When the answer is of no use any more, waiting in the queue included. */
  readonly deadline: Mono
  /** A device that is filling now: such polls get half of the bus. */
  readonly active?: boolean
  /**
   * After the reply the line serves this address and stops alone for so long, for the exchange that
   * belongs behind this one.
   */
  readonly holdMs?: Millis
  readonly signal?: AbortSignal
}

export type Exchanged<Request, Reply> = {
  /** The form that was answered. */
  readonly request: Request
  readonly reply: Reply
  readonly raw: Uint8Array
  /** 1 for a clean exchange; more means that the reading is uncertain (S02). */
  readonly attempts: number
  readonly at: Mono
}

export type BusStats = {
  readonly exchanges: number
  readonly replies: number
  readonly timeouts: number
  readonly retries: number
  /** Replies that came after their request was given up, and were thrown away (S05). */
  readonly lateReplies: number
  /** Replies of the right address that did not fit the request. */
  readonly mismatches: number
  /** Replies with an address that was not asked, or beyond the one expected (S06). */
  readonly foreignReplies: number
  readonly noiseBytes: number
  readonly damagedFrames: number
  readonly echoes: number
  readonly preempted: number
  /** Attempts that ended because the line never fell silent (S14). */
  readonly lineBusy: number
  /** Exchanges refused because the queue was full. */
  readonly overflows: number
  readonly queueLongest: number
}

/** How one address answers. */
export type AddressHealth = {
  readonly missed: number
  /** No poll is sent before this moment; null when the address is not backed off. */
  readonly backOffUntil: Mono | null
  readonly lastReplyAt: Mono | null
}

/**
 * One line with one asker. Only one exchange is open at a time; a reply reaches the exchange that
 * asked for it or nobody. `exchange` never rejects; it resolves by its deadline plus one attempt.
 * Faults: `bus_timeout`, `bus_offline` (line down, or the address is backed off), `bus_deadline`,
 * `bus_preempted`, `bus_closed`.
 */
export type Bus<Request, Reply> = {
  readonly name: string
  start(): void
  exchange(exchange: Exchange<Request>): Promise<Result<Exchanged<Request, Reply>, Fault>>
  /**
   * Stops in one go (hardware.md section 4): each is sent before any other traffic, in order, and
   * what was not acknowledged is repeated once. Answers come in the order of the requests. Stops
   * that are asked for singly in one turn of the control thread go out in one go as well.
   */
  allStop(
    stops: readonly Exchange<Request>[],
  ): Promise<readonly Result<Exchanged<Request, Reply>, Fault>[]>
  state(): PipeState
  health(address: number): AddressHealth
  stats(): BusStats
  onState(call: (state: PipeState) => void): Unsubscribe
  /**
   * What is wrong with the line itself now, at most one per code: `duplicate_address`,
   * `echo_detected`, `line_busy` until a minute after they were last seen, and why it is not open.
   */
  faults(): readonly RaisedFault[]
  /** Called once when one of them is seen; a line that is lost is told by `onState`. */
  onFault(call: (fault: RaisedFault) => void): Unsubscribe
  /** Sends nothing more and answers everything that waits with `bus_closed`. */
  close(): Promise<void>
}
