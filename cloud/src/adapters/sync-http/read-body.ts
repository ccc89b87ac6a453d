import { promisify } from 'node:util'
import { gunzip, gunzipSync } from 'node:zlib'
import { err, ok, type Result } from '@baari/shared/faults/result'

const unzip = promisify(gunzip)
/** Below this, the way to another thread and back takes longer than the work. */
const smallBytes = 8_192

export type BodyFault = 'too_long' | 'malformed'

/** The request's bytes, never more than `limit`; the rest is not read. */
export async function readBody(
  request: Request,
  limit: number,
): Promise<Result<Buffer, BodyFault>> {
  const told = Number(request.headers.get('content-length') ?? 0)
  if (told > limit) return err('too_long')
  if (request.body === null) return ok(Buffer.alloc(0))
  const parts: Uint8Array[] = []
  let size = 0
  try {
    for await (const part of request.body) {
      size += part.length
      if (size > limit) return err('too_long')
      parts.push(part)
    }
  } catch {
    // The sender went away in the middle.
    return err('malformed')
  }
  return ok(Buffer.concat(parts))
}

/** Unpacks gzip to at most `limit` bytes: the bound holds while unpacking, not after. */
export async function unpack(packed: Buffer, limit: number): Promise<Result<Buffer, BodyFault>> {
  try {
    const options = { maxOutputLength: limit }
    const small = packed.length <= smallBytes
    return ok(small ? gunzipSync(packed, options) : await unzip(packed, options))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return err(code === 'ERR_BUFFER_TOO_LARGE' ? 'too_long' : 'malformed')
  }
}
