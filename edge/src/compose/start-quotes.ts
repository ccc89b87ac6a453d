import { Worker } from 'node:worker_threads'
import type { Clock } from '@baari/shared/runtime/clock'
import { seconds } from '@baari/shared/units/time'
import type { WaitFacts, WaitQuotes } from '../app/queue/quote-waits.ts'
import type { Log } from '../ports/log.ts'
import type { NodeLedger } from './start-ledger.ts'

const bootstrap = new URL('../adapters/ledger/typescript-thread.mjs', import.meta.url)
const script = new URL('./quote-thread.ts', import.meta.url).href

/** A promise of a wait is a few seconds old at most. */
const every = seconds(5)
/** A round that takes longer is given up with its thread; the last quotes stay. */
const longest = seconds(30)

export type StartQuotes = { readonly ledger: NodeLedger; readonly clock: Clock; readonly log: Log }

/**
 * Keeps the honest waits of walk-ins up to date: facts from the ledger, played forward in a thread
 * of their own, answers back into the ledger for the board and the next walk-in.
 */
export function startQuotes({ ledger, clock, log }: StartQuotes): { stop(): Promise<void> } {
  let worker: Worker | undefined
  let stopped = false
  let cancel = (): void => undefined

  function ask(facts: WaitFacts): Promise<WaitQuotes> {
    const asked = (worker ??= new Worker(bootstrap, { workerData: { script } }))
    return new Promise((resolve, reject) => {
      const failed = (reason: string): void => {
        if (worker === asked) worker = undefined
        void asked.terminate()
        reject(new QuoteFailed(reason))
      }
      const giveUp = clock.after('wait quotes', longest, () => failed('no answer in time'))
      asked.removeAllListeners()
      asked.once('error', (error) => failed(String(error)))
      asked.once('exit', () => failed('the thread ended'))
      asked.once('message', (quotes: WaitQuotes) => {
        giveUp()
        asked.removeAllListeners()
        // A thread that dies between two questions is noticed by the next one.
        asked.on('error', () => (worker = undefined))
        resolve(quotes)
      })
      asked.postMessage(facts)
    })
  }

  async function round(): Promise<void> {
    try {
      const quotes = await ask(await ledger.run('queue.waitFacts', {}))
      if (!stopped) await ledger.run('queue.quoted', { quotes })
    } catch (error) {
      if (!stopped)
        log({ level: 'error', event: 'waits not quoted', fields: { reason: String(error) } })
    }
    if (!stopped) cancel = clock.after('next quotes', every, () => void round())
  }

  void round()
  return {
    async stop() {
      stopped = true
      cancel()
      await worker?.terminate()
    },
  }
}

class QuoteFailed extends Error {
  override readonly name = 'QuoteFailed'
}
