import { z } from 'zod'
import { millis } from '@baari/shared/units/time'

/** One lane's barrier in the station file. */
export const barrierConfigSchema = z.strictObject({
  id: z.string().min(1),
  lane: z.int().min(1).max(999),
  pollMs: z.int().min(50).max(5_000).default(300).transform(millis),
  /** An older look at the boom and its loop is no ground to close it. */
  staleMs: z.int().min(200).max(10_000).default(1_000).transform(millis),
})
export type BarrierConfig = z.infer<typeof barrierConfigSchema>

export const barrierManifest = {
  kind: 'barrier',
  name: 'baari-barrier',
  version: 1,
  config: barrierConfigSchema,
  capabilities: ['open', 'close', 'state', 'vehicle-loop'],
} as const
