import { z } from 'zod'
import { millis } from '@baari/shared/units/time'

/** One lane's sign in the station file. */
export const displayConfigSchema = z.strictObject({
  id: z.string().min(1),
  lane: z.int().min(1).max(999),
  /** The page is sent again so often; the sign blanks itself after ten seconds of silence. */
  refreshMs: z.int().min(100).max(5_000).default(2_000).transform(millis),
})
export type DisplayConfig = z.infer<typeof displayConfigSchema>

export const displayManifest = {
  kind: 'display',
  name: 'baari-display',
  version: 1,
  config: displayConfigSchema,
  capabilities: ['blank', 'closed', 'calls'],
} as const
