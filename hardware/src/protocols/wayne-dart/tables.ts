import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { dispenserStates, type DispenserState } from '../../ports/dispenser.ts'

export const dartCommands = [
  'return-status',
  'return-parameters',
  'return-identity',
  'return-filling-information',
  'reset',
  'authorise',
  'stop',
  'switch-off',
  'suspend',
  'resume',
  'return-prices',
] as const
/** What CD1 can ask for. */
export type DartCommand = (typeof dartCommands)[number]

const byte = z.int().min(0).max(255)

const tables = z
  .strictObject({
    /** By the code in DC1. A code that is not here is a fault (D14). */
    statuses: z.record(
      z.string(),
      z.strictObject({
        name: z.string(),
        state: z.enum(dispenserStates),
        /** When DC3 of the same block says that the nozzle is out. */
        stateNozzleOut: z.enum(dispenserStates).optional(),
      }),
    ),
    commands: z.record(z.enum(dartCommands), byte),
  })
  .parse(JSON.parse(readFileSync(new URL('./tables.json', import.meta.url), 'utf8')))

const commandByCode = new Map(dartCommands.map((name) => [tables.commands[name], name]))

export function codeOfCommand(command: DartCommand): number {
  return tables.commands[command]
}

export function commandOfCode(code: number): DartCommand | null {
  return commandByCode.get(code) ?? null
}

/** The maker's name of a DC1 code; null for one that is not in the table. */
export function statusName(code: number): string | null {
  return tables.statuses[String(code)]?.name ?? null
}

/**
 * The neutral state of a DC1 code; an unknown code is a fault and nothing is authorised (D14).
 * `nozzleOut` is null when the block says nothing about it.
 */
export function dartState(code: number, nozzleOut: boolean | null): DispenserState {
  const status = tables.statuses[String(code)]
  if (status === undefined) return 'fault'
  return nozzleOut === true ? (status.stateNozzleOut ?? status.state) : status.state
}
