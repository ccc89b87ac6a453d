import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Mono } from '@baari/shared/units/time'
import { encodeRecord, mostBytesOfRecord, scanRing, type RecordKind } from './record-format.ts'

/** Room of a ring: about four hours of a full 9600-baud line. */
export const usualRingBytes = 16 * 1024 * 1024
/** Records that wait for the disk; more are dropped and counted, for the line never waits. */
const mostWaitingBytes = 1024 * 1024

export type RecorderCounters = {
  readonly records: number
  /** Records that found no room while the disk was slow, or could not be written. */
  readonly dropped: number
}

export type LineRecorder = {
  /** Never waits and never throws. */
  record(direction: 'in' | 'out', bytes: Uint8Array, at: Mono): void
  counters(): RecorderCounters
  /** Resolves when all that waited was handed to the system. */
  flushed(): Promise<void>
  close(): Promise<void>
}

export type RingOptions = {
  readonly path: string
  readonly clock: Clock
  readonly bytes?: number
}

/**
 * Opens the ring of one line, or makes it, and goes on behind its newest record. What was handed to
 * the system survives the end of the process; a record torn by a kill is skipped when it is read.
 * Rejects when the file cannot be opened: the caller goes on without a recorder.
 */
export async function openRingRecorder(options: RingOptions): Promise<LineRecorder> {
  const { path, clock, bytes = usualRingBytes } = options
  await mkdir(dirname(path), { recursive: true })
  const old = await readFile(path).catch(() => Buffer.alloc(0))
  const { records, end } = scanRing(old)
  // A file of another size is begun anew: its end would lie in the wrong place.
  const fits = old.length <= bytes
  const handle = await open(path, fits && old.length > 0 ? 'r+' : 'w+', 0o600)
  const recorder = new RingRecorder(handle, {
    bytes,
    at: fits ? end : 0,
    run: (records.at(-1)?.run ?? 0) + 1,
  })
  const begun = new TextEncoder().encode(JSON.stringify({ wallMs: clock.now() }))
  recorder.add('start', begun, clock.mono())
  return recorder
}

class RingRecorder implements LineRecorder {
  readonly #handle: FileHandle
  readonly #bytes: number
  readonly #run: number
  readonly #counters = { records: 0, dropped: 0 }
  #at: number
  #seq = 0
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #writing: Promise<void> | null = null
  #closed = false

  constructor(
    handle: FileHandle,
    place: { readonly bytes: number; readonly at: number; readonly run: number },
  ) {
    this.#handle = handle
    this.#bytes = place.bytes
    this.#at = place.at
    this.#run = place.run
  }

  record(direction: 'in' | 'out', bytes: Uint8Array, at: Mono): void {
    for (let from = 0; from < bytes.length; from += mostBytesOfRecord)
      this.add(direction, bytes.subarray(from, from + mostBytesOfRecord), at)
  }

  add(kind: RecordKind, bytes: Uint8Array, at: Mono): void {
    if (this.#closed || this.#waitingBytes >= mostWaitingBytes) {
      this.#counters.dropped += 1
      return
    }
    const monoUs = Math.round(at * 1_000)
    const encoded = encodeRecord({ run: this.#run, seq: this.#seq, kind, monoUs, bytes })
    this.#seq += 1
    this.#waiting.push(encoded)
    this.#waitingBytes += encoded.length
    this.#writing ??= this.#writeAll()
  }

  counters(): RecorderCounters {
    return { ...this.#counters }
  }

  async flushed(): Promise<void> {
    await this.#writing
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#writing
    await this.#handle.close()
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const records = this.#waiting
      this.#waiting = []
      this.#waitingBytes = 0
      for (const piece of this.#pieces(records)) {
        try {
          await this.#handle.write(piece.bytes, 0, piece.bytes.length, piece.at)
          this.#counters.records += piece.records
        } catch {
          // A full disk costs the recording, never the line.
          this.#counters.dropped += piece.records
        }
      }
    }
    this.#writing = null
  }

  /** Records joined into as few writes as the end of the ring allows. */
  #pieces(
    records: readonly Uint8Array[],
  ): readonly { readonly bytes: Uint8Array; readonly at: number; readonly records: number }[] {
    const pieces: { bytes: Uint8Array[]; at: number }[] = []
    for (const record of records) {
      if (this.#at + record.length > this.#bytes) this.#at = 0
      const last = pieces.at(-1)
      if (last === undefined || this.#at === 0) pieces.push({ bytes: [record], at: this.#at })
      else last.bytes.push(record)
      this.#at += record.length
    }
    return pieces.map(({ bytes, at }) => ({
      bytes: Buffer.concat(bytes),
      at,
      records: bytes.length,
    }))
  }
}
