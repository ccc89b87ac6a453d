import { manualClock } from '@baari/shared/testing/manual-clock'
import { writeSync } from 'node:fs'
import { startLedgerThread } from '../../../src/adapters/ledger/ledger-client.ts'
import type { ContractCommands } from '../../ports/contract-commands.ts'
import { ledgerFile, testNow } from '../../support/ledger-file.ts'

/**
 * A process that writes without end and says on its standard output which commands were answered,
 * until somebody kills it. Thirty are on their way at any time, so that commits are shared.
 */
const inFlight = 30
const [file = '', from = '0'] = process.argv.slice(2)

const ledger = await startLedgerThread<ContractCommands>({
  script: new URL('../../ports/contract-thread.ts', import.meta.url),
  at: ledgerFile(file),
  clock: manualClock(),
  now: () => testNow,
  onFailure: (failure) => {
    throw failure
  },
})

let next = Number(from)

async function writeForEver(): Promise<never> {
  for (;;) {
    const n = next++
    await ledger.run('op.add', { n })
    writeSync(1, `${n}\n`)
  }
}

await Promise.all(Array.from({ length: inFlight }, writeForEver))
