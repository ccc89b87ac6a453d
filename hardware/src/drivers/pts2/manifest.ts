import { z } from 'zod'
import { millis } from '@baari/shared/units/time'

/** How the driver limits a sale; both are ended by the dispenser itself. */
export const pts2Presets = ['volume', 'amount'] as const

/** One dispenser behind a Technotrade PTS-2 controller, as the station file names it. */
export const pts2ConfigSchema = z.strictObject({
  id: z.string().min(1),
  /** Number of the dispenser at the controller. */
  pump: z.int().min(1).max(120),
  nozzle: z.int().min(1).max(6).default(1),
  mode: z.enum(['listen', 'poll', 'control']).default('poll'),
  /** `FullTank` is not offered: it has no limit at which the dispenser ends by itself. */
  preset: z.enum(pts2Presets).default('volume'),
  /** Decimals of what is sent; what comes is read with as many as it has. */
  massDecimals: z.int().min(0).max(3).default(2),
  amountDecimals: z.int().min(0).max(2).default(2),
  priceDecimals: z.int().min(0).max(2).default(2),
  timeoutMs: z.int().min(50).max(5_000).default(600).transform(millis),
  pollMs: z.int().min(20).default(250).transform(millis),
  /** While a vehicle is being filled. */
  activePollMs: z.int().min(20).default(150).transform(millis),
  /** 40 kg/min is the fastest NGV2 nozzle; with some reserve. */
  maxFlowGramsPerSecond: z.int().positive().default(800),
  /** Where the dispenser's own counter starts again. */
  widthGrams: z.int().positive(),
})
export type Pts2Config = z.infer<typeof pts2ConfigSchema>

export const pts2Manifest = {
  kind: 'dispenser',
  name: 'pts2',
  version: 1,
  config: pts2ConfigSchema,
  capabilities: ['totals', 'last-sale', 'authorise', 'suspend', 'price'],
} as const
