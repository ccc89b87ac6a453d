import { runInBackground } from '../adapters/system/background-thread.ts'
import { quoteWaits, type GasPace, type WaitFacts } from '../app/queue/quote-waits.ts'
import { present } from '@baari/shared/faults/assert'
import { randomInt } from 'node:crypto'
import { parentPort } from 'node:worker_threads'

/** Entry of the quote thread: one set of facts in, the quotes out. */
runInBackground()
const port = present(parentPort, 'parent port of the quote thread')
const chance = { next: () => randomInt(2 ** 32) / 2 ** 32 }
port.on('message', (facts: WaitFacts & { readonly pace: GasPace }) =>
  port.postMessage(quoteWaits(facts, chance)),
)
