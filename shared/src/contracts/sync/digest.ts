import { z } from 'zod'
import { digestSets } from '../../domain/sync/digest-rows.ts'
import { uuidText } from '../scalars.ts'

const sum = z.string().regex(/^[0-9a-f]{64}$/)
const epoch = z.string().regex(/^[0-9a-f]{1,64}$/)

export const digestSetField = z.enum(digestSets)
/** IST day as whole days since 1970-01-01. */
export const digestDayField = z.coerce.number().int().min(0).max(10_000_000)

/** Days one answer may hold. */
export const digestDaysMax = 62

/** GET /v1/digest/:set?from&to: both days included; days without a row may be missing. */
export const digestDaysQuery = z
  .object({
    from: digestDayField,
    to: digestDayField,
    /** Counts the days from the rows first, which finds what changed behind the digest's back. */
    recount: z.enum(['0', '1']).default('0'),
  })
  .refine(({ from, to }) => from <= to && to - from < digestDaysMax)

export const digestDaysAnswer = z
  .array(z.object({ day: z.int(), n: z.int(), sum256: sum, root: sum }))
  .max(digestDaysMax)

/** Header of each digest answer: `<epoch>:<seq>`, the ledger head the digests belong to. */
export const digestHeadHeader = 'baari-ledger-head'
export const digestHead = z
  .string()
  .regex(/^[0-9a-f]{1,64}:\d{1,15}$/)
  .transform((text) => {
    const [of = '', seq = ''] = text.split(':')
    return { epoch: of, seq: Number(seq) }
  })

/** GET /v1/digest/:set/:day */
export const digestBucketsAnswer = z.array(z.object({ n: z.int(), sum })).length(256)

/** GET /v1/digest/:set/:day/:bucket */
export const digestKeysAnswer = z.array(z.object({ key: uuidText, hash: sum })).max(10_000)

/**
 * POST /v1/digest/:set/repair: own ops once more, whose rows the cloud makes anew. A line is taken
 * only when it is byte for byte the one under the hash chain.
 */
export const digestRepairMax = 20
export const digestRepair = z.object({
  ops: z
    .array(z.object({ epoch, seq: z.int().min(1), line: z.string().max(16_000) }))
    .min(1)
    .max(digestRepairMax),
})

/**
 * `mended`: the row is what the op says; `not_ours`: these are not the bytes of the chain;
 * `no_effect`: the cloud never gave this op an effect (a dead letter or a repeated fill).
 */
export const repairOutcomes = ['mended', 'not_ours', 'no_effect'] as const
export type RepairOutcome = (typeof repairOutcomes)[number]
export const digestRepairAnswer = z.object({
  results: z.array(z.object({ seq: z.int(), outcome: z.enum(repairOutcomes) })),
})

export type DigestRepairAnswer = z.output<typeof digestRepairAnswer>
