import { z } from 'zod'
import { instantField } from '../scalars.ts'
import { streams } from '../sync/session.ts'

/** What the uplink keeps for a person: ops without effect, and alarms of the stations. */

export const deadLetter = z.object({
  epoch: z.string(),
  stream: z.enum(streams),
  seq: z.int(),
  kind: z.string(),
  /** `rejected`: it never has an effect. `deferred`: a fact that waits for a newer cloud. */
  verdict: z.enum(['rejected', 'deferred']),
  code: z.string(),
  atMs: instantField,
  /** The op as the station sent it; null once its bytes were erased. */
  line: z.string().nullable(),
  resolvedAtMs: instantField.nullable(),
  note: z.string().nullable(),
})

/** GET /v1/operator/stations/:no/dead-letters?open=true&limit&cursor → 200, newest first. */
export const deadLetterPage = z.object({
  deadLetters: z.array(deadLetter),
  nextCursor: z.string().nullable(),
})

/**
 * POST /v1/operator/stations/:no/dead-letters/:epoch/:stream/:seq/resolve → 200; 404. It says that
 * a person has dealt with it; no stream ever waits for that.
 */
export const resolveDeadLetter = z.object({ note: z.string().min(1).max(400) })
export const resolvedDeadLetter = z.object({ resolved: z.literal(true) })

/** GET /v1/operator/stations/:no/alarms → 200: what is raised and not cleared, newest first. */
export const openAlarms = z.object({
  alarms: z.array(
    z.object({
      source: z.string(),
      code: z.string(),
      subject: z.string(),
      detail: z.string(),
      atMs: instantField,
    }),
  ),
})

/** GET /v1/operator/stations/:no/state → 200: the newest value of each key. */
export const stationState = z.object({
  state: z.array(
    z.object({
      key: z.string(),
      value: z.record(z.string(), z.unknown()).nullable(),
      atMs: instantField,
    }),
  ),
})
