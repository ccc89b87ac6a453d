import { parentPort } from 'node:worker_threads'
import { present } from '@baari/shared/faults/assert'
import { systemPrng } from '../adapters/system/system-prng.ts'
import { quoteWaits, type WaitFacts } from '../app/queue/quote-waits.ts'

/** Plays the queue forward beside everything else: one question at a time, one answer each. */
const port = present(parentPort, 'the port of a thread')
port.on('message', (facts: WaitFacts) => port.postMessage(quoteWaits(facts, systemPrng)))
