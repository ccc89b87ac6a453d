import { millis, type Millis, type Mono } from '@baari/shared/units/time'

/** What ends a payload; `auto` takes any of CR, LF, CRLF, ETX, and silence. */
export const suffixes = ['auto', 'cr', 'lf', 'crlf', 'etx', 'none'] as const
export type Suffix = (typeof suffixes)[number]

export type FramingRules = {
  readonly suffix: Suffix
  /** Refuse every symbology but QR, when the reader tells which it was. */
  readonly qrOnly: boolean
}

export type ScannerEvent =
  | {
      readonly kind: 'payload'
      readonly text: string
      readonly aim: string | null
      readonly raw: Uint8Array
    }
  | { readonly kind: 'no-read' }
  | { readonly kind: 'control-reply'; readonly raw: Uint8Array }
  | { readonly kind: 'refused-symbology'; readonly aim: string }
  | { readonly kind: 'garbage'; readonly raw: Uint8Array }
  | { readonly kind: 'overflow'; readonly bytes: number }

/** Longest payload with its framing (Q03). */
export const longestPayload = 4_096
/** Silence that ends a payload without a terminator (Q04). */
export const idleMs: Millis = millis(50)

const stx = 0x02
const etx = 0x03
const lf = 0x0a
const cr = 0x0d
/** A command reply of a UART module: `02 00 00`, a length byte, that many bytes and a check value of two. */
const controlHead = [0x02, 0x00, 0x00]
const checkBytes = 2

const terminators: Readonly<Record<Suffix, readonly number[]>> = {
  auto: [cr, lf, etx],
  cr: [cr],
  lf: [lf],
  crlf: [lf],
  etx: [etx],
  none: [],
}

/**
 * Cuts a reader's bytes into payloads: pure, bounded to 4 KiB, never throws. What overflows is
 * dropped up to the next terminator or silence, so that the next good scan works (Q03).
 */
export class ScanFramer {
  readonly #rules: FramingRules
  #held: number[] = []
  #overflowed = 0
  #lastByteAt: Mono | null = null

  constructor(rules: FramingRules) {
    this.#rules = rules
  }

  /** When silence will end what is held; null when nothing is held. */
  get idleAt(): Mono | null {
    const open = this.#held.length > 0 || this.#overflowed > 0
    return open && this.#lastByteAt !== null ? ((this.#lastByteAt + idleMs) as Mono) : null
  }

  feed(bytes: Uint8Array, at: Mono): readonly ScannerEvent[] {
    const events = this.tick(at)
    const found = [...events]
    for (const byte of bytes) found.push(...this.#take(byte))
    this.#lastByteAt = at
    return found
  }

  /** Ends a payload by silence, when the reader sends no terminator. */
  tick(now: Mono): readonly ScannerEvent[] {
    const { idleAt } = this
    if (idleAt === null || now < idleAt) return []
    const whole = this.#rules.suffix === 'auto' || this.#rules.suffix === 'none'
    if (this.#overflowed > 0) return this.#endOverflow()
    const raw = this.#release()
    return whole || isControl(raw) ? this.#payload(raw) : [{ kind: 'garbage', raw }]
  }

  #take(byte: number): readonly ScannerEvent[] {
    const ends = terminators[this.#rules.suffix].includes(byte) && !this.#insideControl()
    if (this.#overflowed > 0) {
      this.#overflowed += 1
      return ends ? this.#endOverflow() : []
    }
    // The LF of a CRLF, or the CR before a frame, begins nothing.
    if (this.#held.length === 0 && (byte === lf || byte === cr)) return []
    this.#held.push(byte)
    if (ends) return this.#payload(this.#release())
    if (this.#controlComplete()) return [{ kind: 'control-reply', raw: this.#release() }]
    if (this.#held.length < longestPayload) return []
    this.#overflowed = this.#held.length
    this.#held = []
    return []
  }

  #insideControl(): boolean {
    return this.#held.length >= 3 && controlHead.every((byte, index) => this.#held[index] === byte)
  }

  #controlComplete(): boolean {
    if (!this.#insideControl()) return false
    const length = this.#held[3]
    return length !== undefined && this.#held.length >= 4 + length + checkBytes
  }

  #endOverflow(): readonly ScannerEvent[] {
    const bytes = this.#overflowed
    this.#overflowed = 0
    return [{ kind: 'overflow', bytes }]
  }

  #release(): Uint8Array {
    const raw = Uint8Array.from(this.#held)
    this.#held = []
    return raw
  }

  #payload(raw: Uint8Array): readonly ScannerEvent[] {
    if (isControl(raw)) return [{ kind: 'control-reply', raw }]
    const body = unframed(raw)
    if (body.length === 0) return []
    const whole = printable(body)
    if (whole === null) return [{ kind: 'garbage', raw }]
    if (whole === '%%NoRead') return [{ kind: 'no-read' }]
    const aim = /^\][A-Za-z][0-9A-Za-z]/.exec(whole)?.[0] ?? null
    if (aim !== null && this.#rules.qrOnly && !aim.startsWith(']Q')) {
      return [{ kind: 'refused-symbology', aim }]
    }
    const text = aim === null ? whole : whole.slice(aim.length)
    return text === '' ? [] : [{ kind: 'payload', text, aim, raw }]
  }
}

function isControl(raw: Uint8Array): boolean {
  return raw.length >= 4 && controlHead.every((byte, index) => raw[index] === byte)
}

/** Without STX, ETX and line ends. */
function unframed(raw: Uint8Array): Uint8Array {
  let start = raw[0] === stx ? 1 : 0
  let end = raw.length
  while (end > start && [cr, lf, etx].includes(raw[end - 1] ?? 0)) end -= 1
  while (start < end && (raw[start] === cr || raw[start] === lf)) start += 1
  return raw.subarray(start, end)
}

/** UTF-8 text without control characters; null otherwise. */
function printable(body: Uint8Array): string | null {
  if (body.some((byte) => byte < 0x20 || byte === 0x7f)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return null
  }
}
