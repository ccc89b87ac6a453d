import { writeSync } from 'node:fs'
import { takeNodeLock } from '../../../src/adapters/ledger/node-lock.ts'

/** A process that holds the lock of a folder until somebody kills it. */
takeNodeLock(process.argv[2] ?? '')
writeSync(1, 'held\n')
setInterval(() => undefined, 60_000)
