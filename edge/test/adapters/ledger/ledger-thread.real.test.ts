import { manualClock } from '@baari/shared/testing/manual-clock'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startLedgerThread } from '../../../src/adapters/ledger/ledger-client.ts'
import type { ContractCommands } from '../../ports/contract-commands.ts'
import { ledgerContract } from '../../ports/ledger.contract.ts'
import { ledgerFile, testNow } from '../../support/ledger-file.ts'

ledgerContract('the ledger thread', () => {
  const folder = mkdtempSync(join(tmpdir(), 'baari-ledger-'))
  return {
    open: () =>
      startLedgerThread<ContractCommands>({
        script: new URL('../../ports/contract-thread.ts', import.meta.url),
        at: ledgerFile(join(folder, 'ledger.db')),
        clock: manualClock(),
        now: () => testNow,
        onFailure: (failure) => {
          throw failure
        },
      }),
    dispose: () =>
      Promise.resolve(rmSync(folder, { recursive: true, force: true, maxRetries: 10 })),
  }
})
