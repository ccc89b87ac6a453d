import type { Phone } from './people.ts'

export type Message = {
  readonly to: Phone
  readonly text: string
  /** Our id of the message; the carrier's receipts name it. Without one none are asked for. */
  readonly receiptsFor?: string
}

/**
 * `unknown`: the carrier may or may not have it. There is no idempotency key at the vendors, so it is
 * never sent again blindly (integrations.md section 4). `lasting`: no further try changes the answer.
 */
export type SendOutcome =
  | { readonly kind: 'sent'; readonly ref: string }
  | { readonly kind: 'failed'; readonly code: string; readonly lasting: boolean }
  | { readonly kind: 'unknown' }

/** Sends one text within its own deadline of at most 8 s and never throws. */
export type MessageSender = { send(message: Message): Promise<SendOutcome> }

/** What was sent and what came of it, without the text. */
export type MessageLog = {
  open(purpose: string, to: Phone): Promise<string>
  close(id: string, outcome: SendOutcome): Promise<void>
}
