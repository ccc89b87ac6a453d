import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { dispenserStates, type DispenserState } from '../../ports/dispenser.ts'

export const gilbarcoCommands = [
  'status',
  'authorise',
  'send-data',
  'stop',
  'transaction',
  'totals',
  'running-money',
] as const
/** What the high half byte of a command asks of one pump. */
export type GilbarcoCommand = (typeof gilbarcoCommands)[number]

const controlWord = z
  .string()
  .regex(/^F[0-9A-F]$/)
  .transform((hex) => Number.parseInt(hex, 16))

const field = z.strictObject({
  word: controlWord,
  field: z.string().optional(),
  /** Digit words that must follow, no more and no fewer. */
  digits: z.int().min(1).max(12).default(0),
  /** Each digit must be 0 to 9; the pump's identity is not a number. */
  decimal: z.boolean().default(false),
})
export type BlockField = z.infer<typeof field>

const status = z.strictObject({
  name: z.string(),
  /** Null for what is no state: the pump speaks of the words it received. */
  state: z.enum(dispenserStates).nullable(),
})

const tables = z
  .strictObject({
    /** By the high half byte. A code that is not here is a fault (D14). */
    statuses: z.record(z.string(), status),
    commands: z.record(z.enum(gilbarcoCommands), z.int().min(0).max(14)),
    transaction: z.array(field),
    /** What the host sends to a pump that listens. */
    price: z.array(field),
    'preset-amount': z.array(field),
    /** Of one grade; a block of totals repeats it. */
    totals: z.array(field),
  })
  .parse(JSON.parse(readFileSync(new URL('./tables.json', import.meta.url), 'utf8')))

export const transactionFields: readonly BlockField[] = tables.transaction
export const totalsFields: readonly BlockField[] = tables.totals
export const priceFields: readonly BlockField[] = tables.price
export const presetFields: readonly BlockField[] = tables['preset-amount']

const commandByCode = new Map(gilbarcoCommands.map((name) => [tables.commands[name], name]))

export function codeOfCommand(command: GilbarcoCommand): number {
  return tables.commands[command]
}

export function commandOfCode(code: number): GilbarcoCommand | null {
  return commandByCode.get(code) ?? null
}

/** The maker's name of a status code; null for one that is not in the table. */
export function statusName(code: number): string | null {
  return tables.statuses[String(code)]?.name ?? null
}

/**
 * The neutral state of a status code. An unknown code is a fault and nothing is authorised (D14);
 * null says that the state is as it was before.
 */
export function gilbarcoState(code: number): DispenserState | null {
  const known = tables.statuses[String(code)]
  return known === undefined ? 'fault' : known.state
}
