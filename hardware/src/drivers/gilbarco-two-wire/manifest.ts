import { z } from 'zod'
import { millis } from '@baari/shared/units/time'

const decimals = z.int().min(0).max(3)

/**
 * One pump of a two-wire loop. The layouts of totals and running money, and the host's blocks for
 * price and preset, were confirmed on no recorded frame of ours: nothing is authorised before
 * commissioning has compared them with the pump.
 */
export const gilbarcoConfigSchema = z.strictObject({
  id: z.string().min(1),
  address: z.int().min(1).max(15),
  mode: z.enum(['poll', 'control']).default('poll'),
  nozzle: z.int().min(1).max(6).default(1),
  decimals: z.strictObject({ mass: decimals, amount: decimals, price: decimals }),
  totalUnitGrams: z.int().positive(),
  widthGrams: z.int().positive(),
  /** Set by commissioning. */
  commissioned: z.boolean().default(false),
  /** A pump answers within 68 ms; totals take longer, and a device server adds its own time. */
  timeoutMs: z.int().min(80).max(2_000).default(200).transform(millis),
  pollMs: z.int().min(20).default(250).transform(millis),
  activePollMs: z.int().min(20).default(150).transform(millis),
  maxFlowGramsPerSecond: z.int().positive().default(800),
})
export type GilbarcoConfig = z.infer<typeof gilbarcoConfigSchema>

export const gilbarcoManifest = {
  kind: 'dispenser',
  name: 'gilbarco-two-wire',
  version: 1,
  verified: false,
  config: gilbarcoConfigSchema,
  capabilities: ['totals', 'last-sale', 'authorise', 'price'],
} as const
