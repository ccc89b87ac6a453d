import { countingIds } from '@baari/shared/testing/counting-ids'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inlineLedger } from '../../../src/adapters/ledger/inline-ledger.ts'
import { contractCommands, contractReads } from '../../ports/contract-commands.ts'
import { ledgerContract } from '../../ports/ledger.contract.ts'
import { ledgerFile, testNow } from '../../support/ledger-file.ts'

ledgerContract('the ledger in the own thread', () => {
  const folder = mkdtempSync(join(tmpdir(), 'baari-ledger-'))
  return {
    open: () =>
      Promise.resolve(
        inlineLedger({
          at: ledgerFile(join(folder, 'ledger.db')),
          commands: contractCommands,
          reads: contractReads,
          ids: countingIds(),
          now: () => testNow,
        }),
      ),
    dispose: () => Promise.resolve(rmSync(folder, { recursive: true })),
  }
})
