import { z } from 'zod'
import { millis } from '@baari/shared/units/time'

const common = {
  id: z.string().min(1),
  /** `open`: an open contact is a trip, so that a broken wire trips. `closed` cannot see one. */
  active: z.enum(['open', 'closed']),
  staleMs: z.int().min(100).default(1_000).transform(millis),
}

/** A contact on a line of the node's own computer. */
export const gpioStopConfigSchema = z.strictObject({
  ...common,
  line: z.int().min(0).max(1_023),
  pollMs: z.int().min(5).max(1_000).default(20).transform(millis),
  /** Where the kernel shows its lines; another folder in tests. */
  folder: z.string().startsWith('/').default('/sys/class/gpio'),
})
export type GpioStopConfig = z.infer<typeof gpioStopConfigSchema>

/** A contact at a Modbus input module: one bit of one register. */
export const modbusStopConfigSchema = z.strictObject({
  ...common,
  address: z.int().min(1).max(247),
  fn: z.union([z.literal(3), z.literal(4)]).default(4),
  register: z.int().min(0).max(65_535).default(0),
  bit: z.int().min(0).max(15).default(0),
  counts: z
    .tuple([z.int().min(1).max(14), z.int().min(1).max(14), z.int().min(1).max(14)])
    .default([1, 2, 3]),
  pollMs: z.int().min(5).max(1_000).default(50).transform(millis),
  timeoutMs: z.int().min(20).max(5_000).default(100).transform(millis),
})
export type ModbusStopConfig = z.infer<typeof modbusStopConfigSchema>

export const gpioStopManifest = {
  kind: 'stop-input',
  name: 'gpio-stop',
  version: 1,
  config: gpioStopConfigSchema,
  capabilities: ['state'],
} as const

export const modbusStopManifest = {
  kind: 'stop-input',
  name: 'modbus-stop',
  version: 1,
  config: modbusStopConfigSchema,
  capabilities: ['state'],
} as const
