import { z } from 'zod'
import { millis } from '@baari/shared/units/time'

/** The measures a gauge is set to; its replies do not name them. */
export const tlsMeasures = ['metric', 'us'] as const
export type TlsMeasures = (typeof tlsMeasures)[number]

/** One tank of a Veeder-Root gauge, as the station file names it. Read only: there is no mode. */
export const tls350ConfigSchema = z.strictObject({
  id: z.string().min(1),
  tank: z.int().min(1).max(16),
  measures: z.enum(tlsMeasures),
  /** A gauge may compute for a second before it answers. */
  timeoutMs: z.int().min(200).max(5_000).default(2_000).transform(millis),
  pollMs: z.int().min(1_000).max(3_600_000).default(10_000).transform(millis),
  staleMs: z.int().min(2_000).max(86_400_000).default(60_000).transform(millis),
})
export type Tls350Config = z.infer<typeof tls350ConfigSchema>

export const tls350Manifest = {
  kind: 'sensor',
  name: 'tls350',
  version: 1,
  config: tls350ConfigSchema,
  capabilities: ['volume', 'height', 'temperature', 'water'],
} as const
