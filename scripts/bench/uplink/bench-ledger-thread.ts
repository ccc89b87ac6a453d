import { serveLedger } from '@baari/edge/adapters/ledger/ledger-worker'
import type { ThreadData } from '@baari/edge/adapters/ledger/ledger-messages'
import { systemIds } from '@baari/edge/adapters/system/system-ids'
import { present } from '@baari/shared/faults/assert'
import { parentPort, workerData } from 'node:worker_threads'
import { benchCommands, reads } from './bench-commands.ts'

const { at, turn } = workerData as ThreadData
const port = present(parentPort, 'parent port of the ledger thread')
serveLedger({ port, at, turn, commands: benchCommands, reads, ids: systemIds() })
