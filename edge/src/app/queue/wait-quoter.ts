import type { Ledger } from '../../ports/ledger.ts'
import type { Clock } from '@baari/shared/runtime/clock'
import { seconds } from '@baari/shared/units/time'
import type { GasPace, keepQuotes, waitFacts, WaitFacts, WaitQuotes } from './quote-waits.ts'

/** The two commands the quoter runs; any ledger that has them will do. */
export type QuoteCommands = {
  readonly 'queue.waitFacts': typeof waitFacts
  readonly 'queue.quoted': typeof keepQuotes
}

export type WaitQuoter = {
  readonly ledger: Pick<Ledger<QuoteCommands>, 'run'>
  readonly clock: Clock
  /** Plays the queue forward, away from the ledger thread and from the buses. */
  readonly quote: (facts: WaitFacts & { readonly pace: GasPace }) => Promise<WaitQuotes>
  /** What the gas lets the station do, asked for each round: at least every ten seconds. */
  readonly pace: () => GasPace
  readonly onFault: (error: unknown) => void
}

/** How old the board's wait may become. */
const every = seconds(5)

/**
 * Keeps the honest wait fresh: reads the queue, plays it forward, stores the answer, waits, begins
 * again. Rounds never overlap, so a slow machine only quotes less often.
 */
export function startWaitQuoter({ ledger, clock, quote, pace, onFault }: WaitQuoter): {
  stop(): void
} {
  let stopped = false
  let cancel = (): void => undefined

  async function round(): Promise<void> {
    try {
      const facts = await ledger.run('queue.waitFacts', {})
      const quotes = await quote({ ...facts, pace: pace() })
      if (!stopped) await ledger.run('queue.quoted', { quotes })
    } catch (error) {
      onFault(error)
    }
    if (!stopped) cancel = clock.after('next wait quote', every, () => void round())
  }

  void round()
  return {
    stop() {
      stopped = true
      cancel()
    },
  }
}
