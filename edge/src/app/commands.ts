import { configureStation } from './station/configure-station.ts'
import { syncCommands, syncReads } from './sync/sync-commands.ts'

/** Every use-case of the ledger thread by the name the control thread calls it. */
export const commands = {
  'station.configure': configureStation,
  ...syncCommands,
} as const

/** Commands that only read: they share no write lock and cannot change anything. */
export const reads: ReadonlySet<string> = new Set<keyof typeof commands>([...syncReads])

export type Commands = typeof commands
