import { systemIds } from '../../src/adapters/system/system-ids.ts'
import { serveLedger } from '../../src/adapters/ledger/ledger-worker.ts'
import type { ThreadData } from '../../src/adapters/ledger/ledger-messages.ts'
import { present } from '@baari/shared/faults/assert'
import { parentPort, workerData } from 'node:worker_threads'
import { contractCommands, contractReads } from './contract-commands.ts'

const { at, turn } = workerData as ThreadData
serveLedger({
  port: present(parentPort, 'parent port'),
  at,
  turn,
  commands: contractCommands,
  reads: contractReads,
  ids: systemIds(),
})
