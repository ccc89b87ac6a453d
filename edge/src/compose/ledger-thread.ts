import { parentPort, workerData } from 'node:worker_threads'
import { present } from '@baari/shared/faults/assert'
import type { ThreadData } from '../adapters/ledger/ledger-messages.ts'
import { serveLedger } from '../adapters/ledger/ledger-worker.ts'
import { systemIds } from '../adapters/system/system-ids.ts'
import { commands, reads } from '../app/commands.ts'

/** The ledger thread's program: the station's commands over its one file. */
const { at, turn } = workerData as ThreadData
serveLedger({
  port: present(parentPort, 'parent port'),
  at,
  turn,
  commands,
  reads,
  ids: systemIds(),
})
