import { commands, reads } from '@baari/edge/app/commands'
import type { CommandContext } from '@baari/edge/ports/ledger'
import type { LedgerTx } from '@baari/edge/ports/ledger-tx'

export type Op = Parameters<LedgerTx['outbox']['append']>[0]

/** Writes facts to the outbox in one transaction, as every use-case of the station does. */
function append(tx: LedgerTx, ops: readonly Op[], _context: CommandContext): null {
  for (const op of ops) tx.outbox.append(op)
  return null
}

export const benchCommands = { ...commands, 'bench.append': append } as const

export type BenchCommands = typeof benchCommands
export { reads }
