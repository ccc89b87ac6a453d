import type { Clock } from '@baari/shared/runtime/clock'
import type { Millis, Mono } from '@baari/shared/units/time'

export type HeldRules = {
  /** As old as this an answer may be. */
  readonly forMs: Millis
  /** So many questions are held of one read; the eldest goes first. */
  readonly most: number
}

/** Makes of a read one whose answers are held, by the question as JSON. */
export type Hold = <Q extends readonly unknown[], A>(
  read: (...question: Q) => Promise<A>,
) => (...question: Q) => Promise<A>

/**
 * Two hundred who are refused at once ask the same in the same second: each question is read once and
 * answered to all. A read that failed is not held; the next one asks again.
 */
export function heldBriefly(clock: Pick<Clock, 'mono'>, { forMs, most }: HeldRules): Hold {
  return <Q extends readonly unknown[], A>(read: (...question: Q) => Promise<A>) => {
    const held = new Map<string, { readonly at: Mono; readonly answer: Promise<A> }>()
    return (...question: Q) => {
      const key = JSON.stringify(question)
      const now = clock.mono()
      const found = held.get(key)
      if (found !== undefined && now - found.at < forMs) return found.answer
      held.delete(key)
      const [eldest] = held.keys()
      if (held.size >= most && eldest !== undefined) held.delete(eldest)
      const entry = { at: now, answer: read(...question) }
      held.set(key, entry)
      entry.answer.catch(() => held.get(key) === entry && held.delete(key))
      return entry.answer
    }
  }
}
