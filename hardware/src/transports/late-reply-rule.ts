import type { Mono } from '@baari/shared/units/time'

/** A request that was given up: its reply may still come. */
export type GivenUp = { readonly signature: string; readonly sentAt: Mono }

/** A frame of a device, by what tells it from others; null for one that could answer anything. */
export type HeardReply = {
  readonly address: number
  readonly signature: string | null
  readonly at: Mono
}

export type AskedAgain = {
  readonly now: Mono
  /** The bus repeats a request of which an earlier attempt failed, bytes and all. */
  readonly again: boolean
}

/** One of the three rules of ADR 20: what may be asked, and whose a frame is. */
export type LateReplyRule = {
  /** Index of the form that may be sent now, or null when none may. Only asked on a drained line. */
  choose(address: number, signatures: readonly string[], ask: AskedAgain): number | null
  gaveUp(address: number, entry: GivenUp): void
  /**
   * Whether a frame belongs to a request that was given up; that request is then settled.
   * `waitingFor` is the address of the open request, null when there is none.
   */
  takeLate(reply: HeardReply, waitingFor: number | null): boolean
  /** Whether a frame that fits the open request may be believed to answer it. */
  mayAnswer(reply: HeardReply): boolean
  /** The open request was answered. */
  answered(reply: HeardReply): void
}
