import { z } from 'zod'
import { baud, deviceId, match, small, tcpPort } from './station-file-words.ts'

/** Where a device of its own line hangs: exactly one of `match` and `tcp`. */
const ownLine = {
  id: deviceId,
  driver: z.string(),
  match: match.optional(),
  tcp: z.strictObject({ host: z.string().min(1), port: tcpPort }).optional(),
  baud: baud.default(9600),
  record: z.boolean().default(false),
}

/** Signs and barriers of the lanes, and printers (hardware.md section 3). */
export const laneDevices = {
  displays: z
    .array(z.strictObject({ ...ownLine, lane: small }))
    .max(64)
    .default([]),
  barriers: z
    .array(z.strictObject({ ...ownLine, lane: small }))
    .max(64)
    .default([]),
  printers: z.array(z.strictObject(ownLine)).max(8).default([]),
}
