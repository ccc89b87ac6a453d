import type { Instant } from '@baari/shared/units/time'
import type { RequestKey } from './station-desk.ts'

export type KeptAnswer = {
  readonly requestSha256: string
  /** JSON of what the command answered. */
  readonly answer: string
}

/** Answers of changes by their Idempotency-Key, kept for a day. */
export type RequestAnswers = {
  find(key: Pick<RequestKey, 'scope' | 'key'>): KeptAnswer | undefined
  keep(key: RequestKey, kept: { readonly answer: string; readonly at: Instant }): void
  /** Drops at most `limit` answers that are older than `before`; answers how many. */
  dropOld(before: Instant, limit: number): number
}

export type RequestAnswerSlot = { readonly requestAnswers: RequestAnswers }
