import { readFileSync } from 'node:fs'
import type { z } from 'zod'

/** A vector file of this folder, parsed by the test's own schema. */
export function vectorFile<T>(name: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')))
}

export function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.trim().split(/\s+/), (pair) => Number.parseInt(pair, 16))
}
