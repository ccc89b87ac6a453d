import {
  batchHead,
  maxBatchBytes,
  maxBatchOps,
  type BatchHead,
} from '@baari/shared/contracts/sync/uplink'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { readBody, unpack, type BodyFault } from './read-body.ts'

export type RawBatch = { readonly head: BatchHead; readonly lines: readonly Uint8Array[] }

const lineFeed = 0x0a

/**
 * A batch as gzip NDJSON (sync.md 5.3): bounded before and while it is unpacked, and whole. A body
 * that was cut anywhere is refused, so that nothing of it is applied.
 */
export async function readBatch(request: Request): Promise<Result<RawBatch, BodyFault>> {
  const packed = await readBody(request, maxBatchBytes)
  if (!packed.ok) return packed
  const isGzip = request.headers.get('content-encoding') === 'gzip'
  const body = isGzip ? await unpack(packed.value, maxBatchBytes) : packed
  if (!body.ok) return body
  const lines = splitLines(body.value)
  const [first, ...ops] = lines ?? []
  if (first === undefined) return err('malformed')
  if (ops.length > maxBatchOps) return err('too_long')
  const head = batchHead.safeParse(parseJson(first))
  return head.success ? ok({ head: head.data, lines: ops }) : err('malformed')
}

/** Undefined when the last line lacks its LF: the body was cut. */
function splitLines(body: Buffer): readonly Uint8Array[] | undefined {
  if (body.length === 0 || body[body.length - 1] !== lineFeed) return undefined
  const lines: Uint8Array[] = []
  for (let start = 0; start < body.length;) {
    const end = body.indexOf(lineFeed, start)
    lines.push(body.subarray(start, end))
    start = end + 1
  }
  return lines
}

function parseJson(line: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(line).toString('utf8'))
  } catch {
    return undefined
  }
}
