import { z } from 'zod'
import { laneNo } from '@baari/shared/units/names'
import { millis } from '@baari/shared/units/time'
import { suffixes } from './framing.ts'

const hexBytes = z
  .string()
  .regex(/^([0-9A-Fa-f]{2}( |$))+$/, 'pairs of hex digits with one space between')
  .transform((hex) => Uint8Array.from(hex.trim().split(' '), (pair) => Number.parseInt(pair, 16)))

/** The line of docs/protocols/scanner-lamp.md; a reader with other lamps gets its own bytes. */
function lampLine(signal: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(`LAMP ${signal}\r\n`))
}

/** One code reader in the station file. */
export const serialQrConfigSchema = z.strictObject({
  id: z.string().min(1),
  lane: z.int().min(1).transform(laneNo),
  suffix: z.enum(suffixes).default('auto'),
  qrOnly: z.boolean().default(true),
  /** The same payload is one event so long after its last sight (Q01). */
  dedupeMs: z.int().min(0).max(60_000).default(3_000).transform(millis),
  lampHex: z
    .strictObject({ green: hexBytes, red: hexBytes, busy: hexBytes })
    .default({ green: lampLine('GREEN'), red: lampLine('RED'), busy: lampLine('BUSY') }),
  /** A query of the reader's settings whose answer must not change (Q08). */
  settings: z
    .strictObject({
      queryHex: hexBytes,
      answerHex: hexBytes,
      everyMs: z.int().min(1_000).default(30_000).transform(millis),
    })
    .optional(),
})
export type SerialQrConfig = z.infer<typeof serialQrConfigSchema>

export const serialQrManifest = {
  kind: 'scanner',
  name: 'serial-qr',
  version: 1,
  config: serialQrConfigSchema,
  capabilities: ['scan', 'lamp', 'settings-watch'],
} as const
