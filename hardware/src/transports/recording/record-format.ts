import { crc32 } from 'node:zlib'

/** `start` begins a run of the recorder; its bytes are JSON with the wall time. */
export const recordKinds = ['start', 'in', 'out'] as const
export type RecordKind = (typeof recordKinds)[number]

/** What went over a line in one piece. */
export type LineRecord = {
  /** Number of this run of the recorder; monotonic times of two runs cannot be compared. */
  readonly run: number
  readonly seq: number
  readonly kind: RecordKind
  /** Microseconds of the machine's monotonic clock. */
  readonly monoUs: number
  readonly bytes: Uint8Array
}

/**
 * One record in the file, big-endian: `BR`, u16 length of the bytes, u8 kind, u32 run, u32 seq,
 * u48 microseconds, the bytes, u32 CRC-32 of all before it. 48 bits of microseconds are nine years.
 */
const headBytes = 19
const tailBytes = 4
const magic = 0x4252
export const mostBytesOfRecord = 4_096

export function recordLength(bytes: number): number {
  return headBytes + bytes + tailBytes
}

export function encodeRecord({ run, seq, kind, monoUs, bytes }: LineRecord): Uint8Array {
  const out = Buffer.alloc(recordLength(bytes.length))
  out.writeUInt16BE(magic, 0)
  out.writeUInt16BE(bytes.length, 2)
  out.writeUInt8(recordKinds.indexOf(kind), 4)
  out.writeUInt32BE(run, 5)
  out.writeUInt32BE(seq, 9)
  out.writeUIntBE(monoUs, 13, 6)
  out.set(bytes, headBytes)
  out.writeUInt32BE(crc32(out.subarray(0, -tailBytes)), headBytes + bytes.length)
  return out
}

export type ScannedRing = {
  /** Whole records, oldest first. */
  readonly records: readonly LineRecord[]
  /** Where the newest record ends; 0 in an empty file. */
  readonly end: number
  /** Bytes that are no whole record: what a kill tore, and what the ring overwrote in part. */
  readonly skippedBytes: number
}

/** Reads a whole ring. A record that was torn or overwritten in part is skipped, never guessed. */
export function scanRing(file: Uint8Array): ScannedRing {
  const view = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  const found: { readonly record: LineRecord; readonly end: number }[] = []
  let skippedBytes = 0
  for (let at = 0; at < view.length;) {
    const record = recordAt(view, at)
    if (record === null) {
      // The rest of a file that was never written is no damage.
      if (view[at] !== 0) skippedBytes += 1
      at += 1
      continue
    }
    at += recordLength(record.bytes.length)
    found.push({ record, end: at })
  }
  found.sort((a, b) => a.record.run - b.record.run || a.record.seq - b.record.seq)
  return { records: found.map(({ record }) => record), end: found.at(-1)?.end ?? 0, skippedBytes }
}

function recordAt(view: Buffer, at: number): LineRecord | null {
  if (at + headBytes + tailBytes > view.length || view.readUInt16BE(at) !== magic) return null
  const length = view.readUInt16BE(at + 2)
  const kind = recordKinds[view[at + 4] ?? recordKinds.length]
  const crcAt = at + headBytes + length
  if (kind === undefined || length > mostBytesOfRecord || crcAt + tailBytes > view.length)
    return null
  if (crc32(view.subarray(at, crcAt)) !== view.readUInt32BE(crcAt)) return null
  return {
    run: view.readUInt32BE(at + 5),
    seq: view.readUInt32BE(at + 9),
    kind,
    monoUs: view.readUIntBE(at + 13, 6),
    bytes: Uint8Array.from(view.subarray(at + headBytes, crcAt)),
  }
}
