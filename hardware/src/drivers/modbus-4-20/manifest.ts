import { z } from 'zod'
import { millis } from '@baari/shared/units/time'
import { sensorUnits } from '../../ports/sensor.ts'

/** One 4–20 mA input of a Modbus module in the station file. */
export const loopSensorConfigSchema = z
  .strictObject({
    id: z.string().min(1),
    address: z.int().min(1).max(247),
    fn: z.union([z.literal(3), z.literal(4)]).default(4),
    register: z.int().min(0).max(65_535).default(0),
    /** Three lengths in which the register can be read. */
    counts: z
      .tuple([z.int().min(1).max(14), z.int().min(1).max(14), z.int().min(1).max(14)])
      .refine((counts) => new Set(counts).size === 3, 'three different lengths')
      .default([1, 2, 3]),
    unit: z.enum(sensorUnits),
    range: z.tuple([z.int(), z.int()]).refine(([low, high]) => low < high, 'low below high'),
    /** Counts at 4 and at 20 mA; most modules count microampere. */
    zeroCount: z.int().min(0).max(65_535).default(4_000),
    fullCount: z.int().min(0).max(65_535).default(20_000),
    staleMs: z.int().min(100).transform(millis),
    pollMs: z.int().min(20).max(60_000).default(250).transform(millis),
    timeoutMs: z.int().min(20).max(5_000).default(150).transform(millis),
  })
  .refine(({ zeroCount, fullCount }) => zeroCount < fullCount, 'zeroCount lies below fullCount')
export type LoopSensorConfig = z.infer<typeof loopSensorConfigSchema>

export const loopSensorManifest = {
  kind: 'sensor',
  name: 'modbus-4-20',
  version: 1,
  config: loopSensorConfigSchema,
  capabilities: ['reading', 'live-zero'],
} as const
