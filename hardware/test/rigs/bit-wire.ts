import type { Prng } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { millis } from '@baari/shared/units/time'
import type { LineEnd } from '../../src/simulators/line-end.ts'
import { wireTime, type LineTiming } from '../../src/transports/line-timing.ts'

export type BitWireOptions = {
  readonly clock: Clock
  readonly timing: LineTiming
  readonly prng: Prng
  /** Share of bytes in which one bit is turned. */
  readonly flipShare?: number
  /** Share of bytes that are swallowed. */
  readonly dropShare?: number
  /** Bytes handed over at once, as an adapter does; each piece comes when its last byte is over. */
  readonly pieceBytes?: number
}

export type BitWireCounters = {
  readonly bytes: number
  readonly flipped: number
  readonly dropped: number
  /** Bytes that were on the wire while the other end sent too: what arrives of them is garbage. */
  readonly collided: number
}

export type BitWire = {
  counters(): BitWireCounters
  /** Nothing passes any more. */
  unplug(): void
}

/** A byte on its way, from its first bit to its last. */
type Passing = { readonly fromMs: number; readonly toMs: number; value: number | null }

/**
 * Two ends on one half-duplex pair of wires: every byte takes its time, and who speaks while the
 * other does destroys both. A memory pipe and a socket have no rate, so what is said about timing
 * must be measured over this.
 */
export function joinByBitTime(near: LineEnd, far: LineEnd, options: BitWireOptions): BitWire {
  const counters = { bytes: 0, flipped: 0, dropped: 0, collided: 0 }
  const toFar = new Direction(far, options, counters)
  const toNear = new Direction(near, options, counters)
  const detach = [
    near.onBytes((bytes) => toFar.send(bytes, toNear)),
    far.onBytes((bytes) => toNear.send(bytes, toFar)),
  ]
  return {
    counters: () => ({ ...counters }),
    unplug: () => {
      for (const call of detach) call()
      toFar.cut()
      toNear.cut()
    },
  }
}

type Counters = { -readonly [K in keyof BitWireCounters]: BitWireCounters[K] }

class Direction {
  readonly #to: LineEnd
  readonly #options: BitWireOptions
  readonly #counters: Counters
  readonly #byteMs: number
  #passing: Passing[] = []
  #freeAtMs = 0
  #isCut = false

  constructor(to: LineEnd, options: BitWireOptions, counters: Counters) {
    this.#to = to
    this.#options = options
    this.#counters = counters
    this.#byteMs = wireTime(options.timing, 1)
  }

  send(bytes: Uint8Array, other: Direction): void {
    const { clock, pieceBytes = 1 } = this.#options
    const now = clock.mono()
    const startMs = Math.max(this.#freeAtMs, now)
    const sent = [...bytes].map((byte, index): Passing => {
      const fromMs = startMs + index * this.#byteMs
      return { fromMs, toMs: fromMs + this.#byteMs, value: this.#afterNoise(byte) }
    })
    this.#freeAtMs = startMs + sent.length * this.#byteMs
    this.#passing.push(...sent)
    for (const mine of sent) for (const theirs of other.#passing) this.#collide(mine, theirs)
    for (let at = 0; at < sent.length; at += pieceBytes) {
      const piece = sent.slice(at, at + pieceBytes)
      const overMs = piece.at(-1)?.toMs ?? now
      clock.after('wire', millis(overMs - now), () => this.#arrive(piece))
    }
  }

  cut(): void {
    this.#isCut = true
  }

  /** What is left of a byte: itself, itself with one bit turned, or nothing. */
  #afterNoise(byte: number): number | null {
    const { prng, flipShare = 0, dropShare = 0 } = this.#options
    this.#counters.bytes += 1
    if (dropShare > 0 && prng.next() < dropShare) {
      this.#counters.dropped += 1
      return null
    }
    if (flipShare === 0 || prng.next() >= flipShare) return byte
    this.#counters.flipped += 1
    return byte ^ (1 << Math.floor(prng.next() * 8))
  }

  #collide(mine: Passing, theirs: Passing): void {
    if (theirs.toMs <= mine.fromMs || theirs.fromMs >= mine.toMs) return
    this.#counters.collided += 1
    for (const byte of [mine, theirs]) byte.value = Math.floor(this.#options.prng.next() * 256)
  }

  #arrive(piece: readonly Passing[]): void {
    this.#passing.splice(0, piece.length)
    const left = piece.flatMap(({ value }) => value ?? [])
    if (left.length > 0 && !this.#isCut) this.#to.write(Uint8Array.from(left))
  }
}

/** Two ends joined without any time between them: what one writes the other hears at once. */
export function joinedPorts(): readonly [LineEnd, LineEnd] {
  type Hearers = Set<(bytes: Uint8Array) => void>
  const hearers: readonly [Hearers, Hearers] = [new Set(), new Set()]
  const port = (own: Hearers, other: Hearers): LineEnd => ({
    write: (bytes) => {
      for (const call of other) call(bytes)
      return true
    },
    onBytes: (call) => {
      own.add(call)
      return () => void own.delete(call)
    },
  })
  return [port(hearers[0], hearers[1]), port(hearers[1], hearers[0])]
}
