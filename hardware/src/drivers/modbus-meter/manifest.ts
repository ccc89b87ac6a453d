import { z } from 'zod'
import { millis } from '@baari/shared/units/time'
import { mapNames, registerMapSchema } from './register-map.ts'

/** One meter or Modbus-controllable head in the station file. */
export const modbusMeterConfigSchema = z.strictObject({
  id: z.string().min(1),
  address: z.int().min(1).max(247),
  /** A map shipped with the driver, or one written for this device. */
  map: z.union([z.enum(mapNames), registerMapSchema]),
  mode: z.enum(['poll', 'control']).default('poll'),
  nozzle: z.int().min(1).max(255).default(1),
  /** Set by commissioning for a map that ships unverified. */
  commissioned: z.boolean().default(false),
  timeoutMs: z.int().min(20).max(5_000).default(150).transform(millis),
  pollMs: z.int().min(20).default(250).transform(millis),
  /** While a vehicle is being filled. */
  activePollMs: z.int().min(20).default(100).transform(millis),
  /** 40 kg/min is the fastest NGV2 nozzle; with some reserve. */
  maxFlowGramsPerSecond: z.int().positive().default(800),
  /** Where the counter starts again; the map's own when absent. */
  widthGrams: z.int().positive().optional(),
})
export type ModbusMeterConfig = z.infer<typeof modbusMeterConfigSchema>

export const modbusMeterManifest = {
  kind: 'dispenser',
  name: 'modbus-meter',
  version: 1,
  config: modbusMeterConfigSchema,
  capabilities: ['totals', 'last-sale', 'authorise', 'suspend', 'price'],
} as const
