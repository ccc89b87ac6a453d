import { startThreadCall } from '../adapters/thread/thread-call.ts'
import type { GasPace, WaitFacts, WaitQuotes } from '../app/queue/quote-waits.ts'
import { startWaitQuoter as start, type WaitQuoter } from '../app/queue/wait-quoter.ts'

/** The wait quoter with its thread: the honest wait on the board is at most some seconds old. */
export function startWaitQuoter(parts: Omit<WaitQuoter, 'quote'>): { stop(): Promise<void> } {
  const script = new URL('./quote-thread.ts', import.meta.url)
  const thread = startThreadCall<WaitFacts & { readonly pace: GasPace }, WaitQuotes>({
    script,
    clock: parts.clock,
  })
  const quoter = start({ ...parts, quote: (facts) => thread.call(facts) })
  return {
    async stop() {
      quoter.stop()
      await thread.stop()
    },
  }
}
