import type { Instant } from '@baari/shared/units/time'

/** An answer as it was given the first time. */
export type StoredAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type IdempotentRequest = {
  /** Whose key it is: another credential is another scope. */
  readonly scope: string
  readonly key: string
  readonly requestHash: Uint8Array
}

export type Claim =
  | { readonly kind: 'ours'; readonly holder: string }
  | { readonly kind: 'answered'; readonly answer: StoredAnswer }
  | { readonly kind: 'running' }
  | { readonly kind: 'mismatch' }

/**
 * Remembers the first answer to a key. A claim is a lease: when its holder dies, the key may be
 * claimed again at `lockedUntil`, and the use-case itself must then find what was already done.
 */
export type IdempotencyStore = {
  claim(
    request: IdempotentRequest,
    at: { readonly now: Instant; readonly lockedUntil: Instant },
  ): Promise<Claim>
  answer(request: IdempotentRequest, holder: string, answer: StoredAnswer): Promise<void>
  /** Lets the key go without an answer, after a fault that may be repeated. */
  abandon(request: IdempotentRequest, holder: string): Promise<void>
}
