import { clearReset } from './fill/clear-reset.ts'
import { collectPayment } from './fill/collect-payment.ts'
import { readBooks } from './fill/fill-books-check.ts'
import { installNozzle } from './fill/install-nozzle.ts'
import { listFills } from './fill/list-fills.ts'
import { readNozzles } from './fill/read-nozzles.ts'
import { recordEvent } from './fill/record-event.ts'
import { recoverFill } from './fill/recover-nozzle.ts'
import { reserveFill } from './fill/reserve-fill.ts'
import type { LedgerTx } from '../ports/ledger-tx.ts'
import { answerOnce, takeKey } from './request/answer-once.ts'
import { readKeySets } from './keys/read-key-sets.ts'
import { readSyncStatus } from './sync-status/read-sync-status.ts'
import { configureStation } from './station/configure-station.ts'
import { syncCommands, syncReads } from './sync/sync-commands.ts'

const useCases = {
  'station.configure': configureStation,
  'fill.install': installNozzle,
  'fill.recover': recoverFill,
  'fill.reserve': reserveFill,
  'fill.event': recordEvent,
  'fill.list': listFills,
  'fill.collect': collectPayment,
  'fill.clearReset': clearReset,
  'fill.books': readBooks,
  'positions.read': readNozzles,
  ...syncCommands,
  'sync.status': readSyncStatus,
  'keys.read': readKeySets,
  'request.takeKey': takeKey,
} as const

/** Every use-case of the ledger thread by the name the control thread calls it. */
export const commands = {
  ...useCases,
  /** Any of them under an Idempotency-Key. */
  'request.once': answerOnce<LedgerTx>(useCases),
} as const

/** Commands that only read: they share no write lock and cannot change anything. */
export const reads: ReadonlySet<string> = new Set<keyof typeof commands>([
  'fill.list',
  'fill.books',
  'positions.read',
  'sync.status',
  'keys.read',
  ...syncReads,
])

export type Commands = typeof commands
