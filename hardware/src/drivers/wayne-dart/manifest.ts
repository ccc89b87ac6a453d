import { z } from 'zod'
import { millis } from '@baari/shared/units/time'
import { isDartAddress } from '../../protocols/wayne-dart/frames.ts'

const decimals = z.int().min(0).max(3)

/** One pump on a DART line. */
export const wayneDartConfigSchema = z.strictObject({
  id: z.string().min(1),
  address: z.int().refine(isDartAddress, 'a DART address lies between 0x50 and 0x6f'),
  mode: z.enum(['listen', 'poll', 'control']).default('poll'),
  nozzle: z.int().min(1).max(15).default(1),
  /** Digits behind the point on the display, checked against it at commissioning. */
  decimals: z.strictObject({ mass: decimals, amount: decimals, price: decimals }),
  /** One step of the totaliser. */
  totalUnitGrams: z.int().positive(),
  /** Where the totaliser starts again. */
  widthGrams: z.int().positive(),
  /** A pump answers within 25 ms; a device server adds its own time. */
  timeoutMs: z.int().min(30).max(2_000).default(120).transform(millis),
  pollMs: z.int().min(20).default(250).transform(millis),
  /** While a vehicle is being filled. */
  activePollMs: z.int().min(20).default(100).transform(millis),
  /** 40 kg/min is the fastest NGV2 nozzle; with some reserve. */
  maxFlowGramsPerSecond: z.int().positive().default(800),
})
export type WayneDartConfig = z.infer<typeof wayneDartConfigSchema>

export const wayneDartManifest = {
  kind: 'dispenser',
  name: 'wayne-dart',
  version: 1,
  config: wayneDartConfigSchema,
  capabilities: ['totals', 'last-sale', 'authorise', 'suspend', 'price', 'listen'],
} as const
