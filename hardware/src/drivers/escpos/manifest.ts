import { z } from 'zod'
import { millis } from '@baari/shared/units/time'

/** One 58 mm printer in the station file. */
export const escPosConfigSchema = z.strictObject({
  id: z.string().min(1),
  /** How long the status may take, and how long a page. */
  statusMs: z.int().min(50).max(5_000).default(1_000).transform(millis),
  printMs: z.int().min(1_000).max(60_000).default(20_000).transform(millis),
})
export type EscPosConfig = z.infer<typeof escPosConfigSchema>

export const escPosManifest = {
  kind: 'printer',
  name: 'escpos',
  version: 1,
  config: escPosConfigSchema,
  capabilities: ['text', 'drawn-text', 'qr', 'status', 'confirmed-print'],
} as const
