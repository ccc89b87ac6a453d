import { z } from 'zod'
import { instantField } from '../scalars.ts'

const quality = z.enum(['good', 'uncertain', 'bad', 'stale'])

/** GET /v1/service → 200: what a technician asks first, for people who are signed in. */
export const serviceView = z.object({
  /** Every line by its name in the station file, with the counters its bus keeps. */
  lines: z.array(
    z.object({
      id: z.string(),
      state: z.enum(['opening', 'open', 'closed']),
      counters: z.record(z.string(), z.int()),
    }),
  ),
  devices: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      state: z.enum(['starting', 'online', 'offline', 'stopped']),
      /** One sentence of the driver, in English. */
      detail: z.string(),
    }),
  ),
  /** Whole numbers under names that end in their unit; null when the value cannot be used. */
  readings: z.array(
    z.object({
      sensor: z.string(),
      name: z.string(),
      value: z.number().nullable(),
      quality,
      lastGood: z.object({ value: z.number(), atMs: instantField }).nullable(),
    }),
  ),
  /** Open now, oldest first; `raised` counts since the node was started. */
  faults: z.array(
    z.object({
      subject: z.string(),
      code: z.string(),
      hint: z.string(),
      sinceMs: instantField,
      raised: z.int(),
    }),
  ),
})

export type ServiceView = z.output<typeof serviceView>
