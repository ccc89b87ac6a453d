import { assert } from '@baari/shared/faults/assert'
import type { CommandContext } from '../../src/ports/ledger.ts'
import type { LedgerTx } from '../../src/ports/ledger-tx.ts'

/** Commands that only show what the ledger itself promises. */
type Tx = Pick<LedgerTx, 'station' | 'outbox'>
type Note = { readonly text: string }

function notes(tx: Tx): string[] {
  return [...(tx.station.settings()?.zone.split('|').filter(Boolean) ?? [])]
}

function add(tx: Tx, text: string): number {
  const all = [...notes(tx), text]
  // Only the zone text is used: these commands need a durable list, not a station.
  tx.station.saveSettings({ zone: all.join('|') } as never)
  return all.length
}

export const contractCommands = {
  'note.add': (tx: Tx, { text }: Note, _context: CommandContext) => add(tx, text),
  'note.list': (tx: Tx, _input: object, _context: CommandContext) => notes(tx),
  'note.addAndThrow': (tx: Tx, { text }: Note, _context: CommandContext): number => {
    add(tx, text)
    assert(text === '', `thrown after ${text}`)
    return 0
  },
  'note.writeInRead': (tx: Tx, _input: object, _context: CommandContext) => add(tx, 'no'),
  'op.add': (tx: Tx, { n }: { readonly n: number }, _context: CommandContext): void =>
    tx.outbox.append({
      kind: 'gap',
      entity: { type: 'station', uuid: '' },
      body: { stream: 'telemetry', from: n, to: n, count: 1 },
    }),
  /** Ends the thread in the middle of a command, as a failed native module would. */
  'thread.exit': (_tx: Tx, _input: object, _context: CommandContext): never => process.exit(3),
  /** Never answers, as a disk that hangs. */
  'thread.hang': (_tx: Tx, _input: object, _context: CommandContext): never => {
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  },
  'clock.read': (_tx: Tx, _input: object, { now }: CommandContext) => now,
} as const

export const contractReads: ReadonlySet<string> = new Set([
  'note.list',
  'note.writeInRead',
  'clock.read',
])

export type ContractCommands = typeof contractCommands
