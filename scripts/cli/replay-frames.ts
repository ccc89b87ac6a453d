import { readFileSync } from 'node:fs'
import { hexDecoderOf, hexDecoders } from '@baari/hardware/protocols/decoders'
import { replayBursts, type RecordedBytes } from '@baari/hardware/protocols/replay-bursts'
import { scanRing, type LineRecord } from '@baari/hardware/transports/recording/record-format'

type Line = Readonly<Record<string, unknown>>

/** No ring is larger; a larger file is something else. */
const mostFileBytes = 64 * 1024 * 1024

/**
 * Reads a recorded line and tells every frame on it, one JSON object a line. Exit code 0: there is
 * a good frame; 1: there is none, or the file cannot be read; 2: the command was misused.
 */
export function* replayFrames(asked: {
  readonly file: string
  readonly protocol?: string
}): Generator<Line, 0 | 1 | 2> {
  const decoder = hexDecoderOf(asked.protocol ?? '')
  if (decoder === undefined) {
    const names = hexDecoders.map(({ protocol }) => protocol)
    yield { ok: false, code: 'protocol_unknown', reason: `there are ${names.join(', ')}` }
    return 2
  }
  const file = fileBytes(asked.file)
  if (typeof file === 'string') {
    yield { ok: false, code: 'file_unreadable', reason: file }
    return 1
  }
  const { records, skippedBytes } = scanRing(file)
  let frames = 0
  let refused = 0
  for (const { run, direction, monoUs, frame } of replayBursts(linesOf(records), decoder)) {
    if (frame.kind === 'frame') frames += 1
    else refused += 1
    yield { run, monoUs, direction, ...frame }
  }
  const runs = new Set(records.map(({ run }) => run)).size
  const sums = { runs, records: records.length, frames, refused, skippedBytes }
  yield { ok: frames > 0, protocol: decoder.protocol, ...sums }
  return frames > 0 ? 0 : 1
}

function* linesOf(records: readonly LineRecord[]): Generator<RecordedBytes> {
  for (const { run, kind, monoUs, bytes } of records)
    if (kind !== 'start') yield { run, direction: kind, monoUs, bytes }
}

function fileBytes(path: string): Uint8Array | string {
  try {
    const bytes = readFileSync(path)
    return bytes.length <= mostFileBytes ? bytes : `${path} is larger than any recording`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
