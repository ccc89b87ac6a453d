import { serveLedger } from '../adapters/ledger/ledger-worker.ts'
import type { ThreadData } from '../adapters/ledger/ledger-messages.ts'
import { systemIds } from '../adapters/system/system-ids.ts'
import { commands, reads } from '../app/commands.ts'
import { present } from '@baari/shared/faults/assert'
import { parentPort, workerData } from 'node:worker_threads'

/** Entry of the ledger thread: the only place where the commands meet their store. */
const { at } = workerData as ThreadData
const port = present(parentPort, 'parent port of the ledger thread')
serveLedger({ port, at, commands, reads, ids: systemIds() })
