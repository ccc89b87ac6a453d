import { clearReset } from './fill/clear-reset.ts'
import { collectPayment } from './fill/collect-payment.ts'
import { readBooks } from './fill/fill-books-check.ts'
import { installNozzle } from './fill/install-nozzle.ts'
import { listFills } from './fill/list-fills.ts'
import { readPositions } from './fill/read-positions.ts'
import { recordEvent } from './fill/record-event.ts'
import { recoverFill } from './fill/recover-nozzle.ts'
import { reserveFill } from './fill/reserve-fill.ts'
import { configureStation } from './station/configure-station.ts'

/** Every use-case of the ledger thread by the name the control thread calls it. */
export const commands = {
  'station.configure': configureStation,
  'fill.install': installNozzle,
  'fill.recover': recoverFill,
  'fill.reserve': reserveFill,
  'fill.event': recordEvent,
  'fill.list': listFills,
  'fill.collect': collectPayment,
  'fill.clearReset': clearReset,
  'fill.books': readBooks,
  'positions.read': readPositions,
} as const

/** Commands that only read: they share no write lock and cannot change anything. */
export const reads: ReadonlySet<string> = new Set<keyof typeof commands>([
  'fill.list',
  'fill.books',
  'positions.read',
])

export type Commands = typeof commands
