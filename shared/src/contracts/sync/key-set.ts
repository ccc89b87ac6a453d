import { z } from 'zod'
import { bookingIdField, instantField, stationNoField } from '../scalars.ts'

/** Body of a `key_set` row: JSON, signed as its UTF-8 bytes by a key of the set before it. */
export const keySetBody = z.object({
  version: z.int().min(1),
  issuedAtMs: instantField,
  validUntilMs: instantField,
  keys: z
    .array(
      z.object({
        kid: z.int().min(0).max(0xffff),
        publicKey: z.string(),
        notBefore: instantField,
        notAfter: instantField,
        station: stationNoField.optional(),
      }),
    )
    .max(512),
  denied: z.array(z.object({ booking: bookingIdField, minRev: z.int().min(0) })).max(100_000),
})
