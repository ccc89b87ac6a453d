import type { Clock } from '@baari/shared/runtime/clock'
import { millis, mono, monoAfter, type Millis, type Mono } from '@baari/shared/units/time'
import type { BytePipe } from '../ports/byte-pipe.ts'
import type { Codec, Decoded } from '../ports/bus.ts'
import { EchoFilter } from './echo-filter.ts'
import type { LateReplyRule } from './late-reply-rule.ts'
import { lateReplyRule } from './late-reply-rules.ts'
import { silentGap, wireTime, type LineTiming } from './line-timing.ts'
import type { LineWait } from './system-clock.ts'

export type Attempt<Request> = {
  readonly request: Request
  readonly timeoutMs: Millis
  /** A line that is not silent by then ends the attempt; a stop is then sent regardless. */
  readonly silentBy: Mono
  readonly isStop: boolean
}

export type Outcome<Reply> =
  | { readonly kind: 'reply'; readonly reply: Reply; readonly raw: Uint8Array; readonly at: Mono }
  | { readonly kind: 'timeout' | 'damaged' | 'preempted' | 'line-busy' | 'line-down' }

/** What passes on the line besides answers; the bus counts it. */
export type LineEvent =
  | 'late-reply'
  | 'mismatch'
  | 'foreign-reply'
  | 'surplus-reply'
  | 'damaged'
  | 'echo'
  | 'unexpected-echo'

export type LineParts<Request, Reply> = {
  readonly pipe: BytePipe
  readonly codec: Codec<Request, Reply>
  readonly clock: Clock
  readonly wait: LineWait
  readonly timing: LineTiming
  readonly echo: 'strip' | 'none'
  readonly onEvent: (event: LineEvent) => void
  readonly onNoise: (bytes: number) => void
  /** The line can take another attempt. */
  readonly onIdle: () => void
}

type Open<Request, Reply> = {
  readonly attempt: Attempt<Request>
  readonly done: (outcome: Outcome<Reply>) => void
  /** End of the request on the wire; null while the line is not silent yet. */
  sentAt: Mono | null
  damaged: boolean
}

type Drain = { readonly until: Mono; readonly address: number }

/** Bytes that lead nowhere end an attempt after so much silence; device servers cut frames in pieces. */
const quietMs = millis(25)

/**
 * One half-duplex line: silent gap, one open attempt, matching, and the drain after a timeout
 * (hardware.md section 4). A frame reaches the open attempt or nobody.
 */
export class BusLine<Request, Reply> {
  readonly #parts: LineParts<Request, Reply>
  readonly #gapMs: Millis
  readonly #late: LateReplyRule
  readonly #echo: EchoFilter
  #open: Open<Request, Reply> | null = null
  #drain: Drain | null = null
  /** A volley is being written. */
  #shouting = false
  #cancelShout: () => void = () => undefined
  #lastActivity: Mono = mono(-1_000_000)
  #cancelTimer: () => void = () => undefined
  #cancelQuiet: () => void = () => undefined

  constructor(parts: LineParts<Request, Reply>) {
    this.#parts = parts
    this.#gapMs = silentGap(parts.timing)
    this.#late = lateReplyRule(parts.codec.lateReplies)
    this.#echo = new EchoFilter(parts.echo, parts.codec.repliesRepeatRequest !== true)
    parts.pipe.onBytes((bytes, at) => this.#received(bytes, at))
  }

  get idle(): boolean {
    return this.#open === null && this.#drain === null && !this.#shouting
  }

  /**
   * Index of the form whose reply cannot be mistaken for one that is still pending, or null. `again`:
   * an earlier attempt with the same forms failed.
   */
  choose(forms: readonly Request[], again: boolean): number | null {
    const { codec, clock } = this.#parts
    const [first] = forms
    if (first === undefined) return null
    const signatures = forms.map((form) => codec.signature(form))
    return this.#late.choose(codec.addressOf(first), signatures, { now: clock.mono(), again })
  }

  /** Only while `idle`. `done` is called exactly once, at a broken line from within this call. */
  begin(attempt: Attempt<Request>, done: (outcome: Outcome<Reply>) => void): void {
    this.#open = { attempt, done, sentAt: null, damaged: false }
    this.#awaitSilence()
  }

  /**
   * Writes these requests one behind the other, with the gap between them and nothing awaited; what
   * answers meanwhile is late. Only while `idle`; the first is written when the line is silent, at
   * `silentBy` regardless.
   */
  shout(requests: readonly Request[], silentBy: Mono): void {
    this.#shouting = true
    const { clock } = this.#parts
    const silentAt = monoAfter(this.#lastActivity, this.#gapMs)
    const firstAt = Math.max(clock.mono(), Math.min(silentAt, silentBy))
    this.#shoutNext(requests, mono(firstAt))
  }

  #shoutNext([request, ...rest]: readonly Request[], at: Mono): void {
    const { codec, pipe, clock, timing, wait } = this.#parts
    if (request === undefined) {
      this.#shouting = false
      this.#parts.onIdle()
      return
    }
    this.#cancelShout = wait(at, () => {
      const bytes = codec.encode(request)
      codec.reset()
      pipe.write(bytes)
      this.#echo.sent(bytes)
      const sentAt = monoAfter(clock.mono(), wireTime(timing, bytes.length))
      this.#lastActivity = sentAt
      this.#late.gaveUp(codec.addressOf(request), { signature: codec.signature(request), sentAt })
      this.#shoutNext(rest, monoAfter(sentAt, this.#gapMs))
    })
  }

  /** Makes room for a stop: ends the open attempt and the drain. Late replies stay refused. */
  interrupt(): void {
    this.#drain = null
    this.#cancelTimer()
    if (this.#open !== null) this.#end({ kind: 'preempted' })
  }

  /** The pipe was lost: whatever was on its way will not come. */
  lost(): void {
    this.#drain = null
    this.#cancelTimer()
    this.#cancelQuiet()
    this.#cancelShout()
    this.#shouting = false
    this.#parts.codec.reset()
    if (this.#open !== null) this.#end({ kind: 'line-down' })
  }

  #awaitSilence(): void {
    const open = this.#open
    if (open === null || open.sentAt !== null) return
    const { clock, wait } = this.#parts
    const now = clock.mono()
    const silentAt = monoAfter(this.#lastActivity, this.#gapMs)
    const tooLate = now >= open.attempt.silentBy
    if (silentAt > now && tooLate && !open.attempt.isStop) {
      this.#cancelTimer = clock.after('line-busy', millis(0), () =>
        this.#end({ kind: 'line-busy' }),
      )
      return
    }
    const until = tooLate ? now : mono(Math.max(silentAt, now))
    let over = false
    const cancel = wait(until, () => {
      over = true
      const silent = monoAfter(this.#lastActivity, this.#gapMs) <= clock.mono() || tooLate
      if (silent) this.#transmit()
      else this.#awaitSilence()
    })
    // A line that is silent already calls back within the wait: by then a later timer is the one.
    if (!over) this.#cancelTimer = cancel
  }

  #transmit(): void {
    const open = this.#open
    if (open === null) return
    const { codec, pipe, clock, timing } = this.#parts
    const bytes = codec.encode(open.attempt.request)
    codec.reset()
    if (!pipe.write(bytes)) {
      this.#end({ kind: 'line-down' })
      return
    }
    this.#echo.sent(bytes)
    const sentAt = monoAfter(clock.mono(), wireTime(timing, bytes.length))
    open.sentAt = sentAt
    this.#lastActivity = sentAt
    const stand = codec.unanswered?.(open.attempt.request) ?? null
    if (stand !== null) {
      const raw = new Uint8Array(0)
      const left = millis(Math.max(0, sentAt - clock.mono()))
      this.#cancelTimer = clock.after('bus-sent', left, () =>
        this.#end({ kind: 'reply', reply: stand, raw, at: sentAt }),
      )
      return
    }
    const timeout = millis(sentAt - clock.mono() + open.attempt.timeoutMs)
    this.#cancelTimer = clock.after('bus-timeout', timeout, () => this.#timedOut(open))
  }

  #received(bytes: Uint8Array, at: Mono): void {
    this.#lastActivity = mono(Math.max(at, this.#lastActivity))
    const { rest, echo } = this.#echo.filter(bytes)
    if (echo !== null) this.#parts.onEvent(echo)
    for (const item of this.#parts.codec.feed(rest)) this.#decoded(item, at)
    this.#cancelQuiet()
    if (this.#open !== null || this.#parts.codec.pending() > 0) {
      this.#cancelQuiet = this.#parts.clock.after('bus-quiet', quietMs, () => this.#quiet())
    }
  }

  /** Bytes came and then none: look behind a torn frame, and do not wait for what was damaged. */
  #quiet(): void {
    const { codec, clock } = this.#parts
    for (const item of [...codec.feed(this.#echo.release()), ...codec.tick()])
      this.#decoded(item, clock.mono())
    if (this.#open?.damaged === true) this.#end({ kind: 'damaged' })
  }

  #decoded(item: Decoded<Reply>, at: Mono): void {
    switch (item.kind) {
      case 'frame':
        this.#framed(item.frame, item.raw, at)
        return
      case 'damaged':
        this.#parts.onEvent('damaged')
        if (this.#open !== null && this.#open.sentAt !== null) this.#open.damaged = true
        return
      case 'noise':
        this.#parts.onNoise(item.raw.length)
        // More than a glitch: most likely the reply with a damaged head.
        if (this.#open !== null && this.#open.sentAt !== null && item.raw.length > 2) {
          this.#open.damaged = true
        }
    }
  }

  #framed(reply: Reply, raw: Uint8Array, at: Mono): void {
    const { codec, onEvent } = this.#parts
    const [address, signature] = [codec.replyAddress(reply), codec.replySignature(reply)]
    const heard = { address, signature, at }
    const open = this.#open
    const asked = open === null || open.sentAt === null ? null : open.attempt.request
    const waitingFor = asked === null ? null : codec.addressOf(asked)
    if (this.#late.takeLate(heard, waitingFor)) {
      this.#endDrain(address)
      onEvent('late-reply')
    } else if (asked === null) onEvent('surplus-reply')
    else if (waitingFor !== address) onEvent('foreign-reply')
    else if (!codec.expect(asked)(reply)) onEvent('mismatch')
    else if (!this.#late.mayAnswer(heard)) onEvent('mismatch')
    else {
      this.#late.answered(heard)
      this.#end({ kind: 'reply', reply, raw, at })
    }
  }

  #timedOut(open: Open<Request, Reply>): void {
    if (this.#open !== open || open.sentAt === null) return
    const until = monoAfter(open.sentAt, millis(2 * open.attempt.timeoutMs))
    this.#drain = { until, address: this.#parts.codec.addressOf(open.attempt.request) }
    this.#end({ kind: 'timeout' })
    this.#awaitDrained()
  }

  /** Ends when twice the timeout has passed and the line is silent. */
  #awaitDrained(): void {
    const drain = this.#drain
    if (drain === null) return
    const { clock } = this.#parts
    const until = Math.max(drain.until, this.#lastActivity + this.#gapMs)
    if (until <= clock.mono()) {
      this.#drain = null
      this.#parts.onIdle()
      return
    }
    this.#cancelTimer = clock.after('bus-drain', millis(until - clock.mono()), () =>
      this.#awaitDrained(),
    )
  }

  /** The abandoned reply came: the gap before the next attempt is all that is left to wait for. */
  #endDrain(address: number): void {
    if (this.#drain?.address !== address) return
    this.#cancelTimer()
    this.#drain = { ...this.#drain, until: this.#lastActivity }
    this.#awaitDrained()
  }

  #end(outcome: Outcome<Reply>): void {
    const open = this.#open
    if (open === null) return
    this.#open = null
    this.#cancelTimer()
    this.#cancelQuiet()
    if (outcome.kind !== 'reply' && outcome.kind !== 'line-down' && open.sentAt !== null) {
      const { codec } = this.#parts
      const { request } = open.attempt
      this.#late.gaveUp(codec.addressOf(request), {
        signature: codec.signature(request),
        sentAt: open.sentAt,
      })
    }
    open.done(outcome)
    if (this.idle) this.#parts.onIdle()
  }
}
