import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { dispenserStates } from '../ports/dispenser.ts'
import type { SavedDispenser } from './simulated-dispenser.ts'

const whole = z.int()
const savedDispenserSchema = z.object({
  model: z.object({
    state: z.enum(dispenserStates).exclude(['calling']),
    nozzleOut: z.boolean(),
    manualMode: z.boolean(),
    pricePaisePerKg: whole,
    authorisation: z
      .object({ limitGrams: whole, pricePaisePerKg: whole, leftMs: z.number() })
      .nullable(),
    sale: z
      .object({
        openingMilligrams: whole,
        pricePaisePerKg: whole,
        limitGrams: whole.nullable(),
      })
      .nullable(),
    lastSale: z
      .object({
        sequence: whole,
        bootEpoch: whole,
        grams: whole,
        openingTotalGrams: whole,
        pricePaisePerKg: whole,
      })
      .nullable(),
    sequence: whole,
    bootEpoch: whole,
    deliveredMilligrams: whole,
    vehicleRoomMilligrams: whole.nullable(),
  }),
  memory: z.array(
    z.object({ id: z.string(), verdictCode: whole, stateCode: whole, command: whole }),
  ),
})
const savedWorldSchema = z.object({ dispensers: z.array(savedDispenserSchema) })

/** The world an earlier run left in this file; null when there is none or it is of another make. */
export function readWorld(path: string): readonly SavedDispenser[] | null {
  try {
    const parsed = savedWorldSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    // The schema has the same shape; only the brands of the numbers are missing.
    return parsed.success ? (parsed.data.dispensers as unknown as SavedDispenser[]) : null
  } catch {
    return null
  }
}

/** Replaces the file whole, so that a kill leaves the old or the new world. */
export function writeWorld(path: string, dispensers: readonly SavedDispenser[]): void {
  const fresh = `${path}.new`
  writeFileSync(fresh, JSON.stringify({ dispensers }))
  renameSync(fresh, path)
}
