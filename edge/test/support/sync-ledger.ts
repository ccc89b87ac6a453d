import { inlineLedger } from '../../src/adapters/ledger/inline-ledger.ts'
import { commands, reads } from '../../src/app/commands.ts'
import type { CommandContext } from '../../src/ports/ledger.ts'
import type { LedgerTx } from '../../src/ports/ledger-tx.ts'
import { countingIds } from '@baari/shared/testing/counting-ids'
import { ledgerFile, testNow } from './ledger-file.ts'

type Op = Parameters<LedgerTx['outbox']['append']>[0]

/** The ledger with two commands of the tests: write facts, and do anything in one transaction. */
export function syncLedger(file = ':memory:') {
  const append = (tx: LedgerTx, ops: readonly Op[], _context: CommandContext): null => {
    for (const op of ops) tx.outbox.append(op)
    return null
  }
  const look = (tx: LedgerTx, ask: (tx: LedgerTx) => unknown, _context: CommandContext): unknown =>
    ask(tx)
  return inlineLedger({
    at: ledgerFile(file),
    commands: { ...commands, 'test.append': append, 'test.look': look } as const,
    reads,
    ids: countingIds(),
    now: () => testNow,
  })
}

export type SyncLedger = ReturnType<typeof syncLedger>

/** Facts with a plate of their own each, as long as `more` makes them. */
export function vehicles(count: number, more = ''): readonly Op[] {
  return Array.from({ length: count }, (_, n) => ({
    kind: 'vehicle.recorded' as const,
    entity: { type: 'station' as const, uuid: '' },
    body: {
      plate: `MH12AB${n}${more}`,
      retestDay: 1,
      by: '00000000-0000-7000-8000-0000000000a0',
    } as never,
  }))
}
