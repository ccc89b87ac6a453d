import type { DecodedFrame, HexDecoder } from './hex-decoder.ts'

/** Bytes of one direction with the time at which they came, oldest first. */
export type RecordedBytes = {
  readonly run: number
  readonly direction: 'in' | 'out'
  /** Microseconds of the recorder's monotonic clock. */
  readonly monoUs: number
  readonly bytes: Uint8Array
}

export type ReplayedFrame = {
  readonly run: number
  readonly direction: 'in' | 'out'
  /** Begin of the burst the frame was in. */
  readonly monoUs: number
  readonly frame: DecodedFrame
}

/** A pause that ends a burst: longer than any protocol pauses inside a frame at 1200 baud. */
const burstGapUs = 50_000
/** A line that never pauses is read in pieces; a frame at the cut is told as torn. */
const mostBurstBytes = 65_536

/** Joins what came in pieces and reads it with a protocol's decoder, burst by burst. */
export function* replayBursts(
  records: Iterable<RecordedBytes>,
  decoder: HexDecoder,
): Generator<ReplayedFrame> {
  let burst: { first: RecordedBytes; lastUs: number; bytes: number[] } | null = null
  for (const record of records) {
    const goesOn =
      burst !== null &&
      burst.first.run === record.run &&
      burst.first.direction === record.direction &&
      record.monoUs - burst.lastUs < burstGapUs &&
      burst.bytes.length < mostBurstBytes
    if (burst !== null && !goesOn) yield* framesOf(burst.first, burst.bytes, decoder)
    if (burst === null || !goesOn) burst = { first: record, lastUs: record.monoUs, bytes: [] }
    burst.lastUs = record.monoUs
    for (const byte of record.bytes) burst.bytes.push(byte)
  }
  if (burst !== null) yield* framesOf(burst.first, burst.bytes, decoder)
}

function* framesOf(
  { run, direction, monoUs }: RecordedBytes,
  bytes: readonly number[],
  decoder: HexDecoder,
): Generator<ReplayedFrame> {
  for (const frame of decoder.decode(Uint8Array.from(bytes)))
    yield { run, direction, monoUs, frame }
}
