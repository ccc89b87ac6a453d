import { z } from 'zod'

/** Words that several sections of the station file share. */
export const deviceId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be lower-case letters, digits and dashes')
export const small = z.int().min(1).max(999)
const hex4 = z.string().regex(/^[0-9a-fA-F]{4}$/, 'must be four hexadecimal digits')
export const tcpPort = z.int().min(1).max(65_535)
const bauds = [1200, 2400, 4800, 5787, 9600, 19_200, 38_400, 57_600, 115_200]

/** Names the kernel gives out in the order of plugging: tomorrow they mean another device (S10). */
const namedByIndex = /^\/dev\/tty(USB|ACM)\d+$/

export const match = z.union([
  z.strictObject({ by_id: z.string().min(1) }),
  z.strictObject({ vid: hex4, pid: hex4.optional(), serial: z.string().min(1).optional() }),
  z.strictObject({
    path: z
      .string()
      .startsWith('/')
      .refine((path) => !namedByIndex.test(path), 'ttyUSBn and ttyACMn change: use by_id or vid'),
  }),
])

export const baud = z
  .int()
  .refine((rate) => bauds.includes(rate), `must be one of ${bauds.join(', ')}`)
