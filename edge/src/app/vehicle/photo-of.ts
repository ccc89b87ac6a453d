import { photoBytesMax } from '@baari/shared/contracts/http/edge-api'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'

/** SOI with the first byte of the next marker, and EOI (ITU-T T.81, table B.1). */
const start = [0xff, 0xd8, 0xff]
const end = [0xff, 0xd9]

/** The bytes of a JPEG that is whole from its first to its last marker and short enough to keep. */
export function photoOf(base64: string): Result<Uint8Array, Refusal> {
  const bytes = Buffer.from(base64, 'base64')
  const whole =
    start.every((byte, at) => bytes[at] === byte) &&
    end.every((byte, at) => bytes[bytes.length - end.length + at] === byte)
  return whole && bytes.length <= photoBytesMax ? ok(bytes) : err(refusal('photo_invalid'))
}
