import { z } from 'zod'
import { millis } from '@baari/shared/units/time'

/** One Neogi head on its own line, as the station file names it. */
export const neogiConfigSchema = z.strictObject({
  id: z.string().min(1),
  /** The protocol has no unasked word, so nothing could be heard in mode `listen`. */
  mode: z.enum(['poll', 'control']).default('poll'),
  nozzle: z.int().min(1).max(255).default(1),
  /** A last sale of 190 characters takes 200 ms at 9600 baud. */
  timeoutMs: z.int().min(50).max(5_000).default(300).transform(millis),
  pollMs: z.int().min(20).default(250).transform(millis),
  /** While a vehicle is being filled. */
  activePollMs: z.int().min(20).default(150).transform(millis),
  /** 40 kg/min is the fastest NGV2 nozzle; with some reserve. */
  maxFlowGramsPerSecond: z.int().positive().default(800),
  /** Where the head's counter starts again. */
  widthGrams: z.int().positive(),
})
export type NeogiConfig = z.infer<typeof neogiConfigSchema>

export const neogiManifest = {
  kind: 'dispenser',
  name: 'neogi',
  version: 1,
  config: neogiConfigSchema,
  capabilities: ['totals', 'authorise'],
} as const
