import { z } from 'zod'
import { stationNoField } from '../scalars.ts'

/** First line of a batch: gzip NDJSON, at most {@link maxBatchOps} ops and 1 MB unpacked. */
export const batchHead = z.object({
  v: z.literal(1),
  station: stationNoField,
  epoch: z.string(),
  gen: z.int(),
  first: z.int().min(1),
  prev_chain: z.string(),
  sent_at: z.int(),
  /** Ops that wait at the station, and the wall time of the oldest; for the operator's page. */
  unsent: z.int().min(0).optional(),
  oldest: z.int().optional(),
})

/** Looked at once a line and not key by key: the kind's own schema reads the body. */
const jsonObject = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
)

/** One op line: s sequence, k kind, e entity reference, t wall ms, m monotonic ms, b body. */
export const opLine = z.object({
  s: z.int().min(1),
  k: z.string().max(40),
  e: z.int().min(0),
  r: z.int().optional(),
  t: z.int(),
  m: z.int(),
  b: jsonObject,
})

/**
 * In place of a line whose bytes were erased after 30 days (raw text of a failed scan) the cloud
 * gives its place and the chain value after it, so that a station fetching its own ops can go on.
 */
export const erasedLine = z.object({
  s: z.int().min(1),
  k: z.literal('erased'),
  h: z.string().regex(/^[0-9a-f]{64}$/),
})

/**
 * 200: `results` lists only verdicts other than applied. A station keeps verdicts it has never
 * heard of: a newer cloud must not be refused for a word (failure case 9).
 */
export const uplinkAnswer = z.object({
  ack: z.int(),
  chain: z.string(),
  serverTimeMs: z.int(),
  results: z.array(
    z.object({
      s: z.int(),
      verdict: z.string().max(20),
      code: z.string(),
      rev: z.int().nullable(),
    }),
  ),
})

/** Three thousand ops of a station are some 0.8 MB unpacked and 80 kB on the line (ADR 31). */
export const maxBatchOps = 3000
export const maxBatchBytes = 1_000_000

export type BatchHead = z.output<typeof batchHead>
export type UplinkAnswer = z.output<typeof uplinkAnswer>
