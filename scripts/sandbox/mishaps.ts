import { z } from 'zod'

/**
 * What goes wrong with the next messages, each once: `busy` answers 429; `lost` answers 500 and keeps
 * nothing; `taken` keeps the message and answers 500, as when the answer is lost on its way.
 */
export const mishap = z.enum(['busy', 'lost', 'taken'])
export type Mishap = z.output<typeof mishap>

export const mishapsAsked = z.object({
  next: z.array(mishap).max(100).optional(),
  /** False keeps every receipt back. */
  receipts: z.boolean().optional(),
})

export type Mishaps = {
  ask(asked: z.output<typeof mishapsAsked>): void
  /** Taken from the queue. */
  next(): Mishap | undefined
  receipts(): boolean
}

export function mishaps(): Mishaps {
  let waiting: readonly Mishap[] = []
  let told = true
  return {
    ask({ next, receipts }) {
      if (next !== undefined) waiting = next
      if (receipts !== undefined) told = receipts
    },
    next() {
      const [first, ...rest] = waiting
      waiting = rest
      return first
    },
    receipts: () => told,
  }
}
