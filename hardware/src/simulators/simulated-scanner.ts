import type { LineEnd } from './line-end.ts'

/** How the reader ends its payloads, as its configuration barcodes would set. */
export type ScannerSuffix = '\r' | '\n' | '\r\n' | '\x03' | ''

/** A settings query and its answer, as UART modules have (`7E 00 …`, `02 00 00 …`). */
const settingsQuery = [0x7e, 0x00, 0x07, 0x01, 0x00, 0x00, 0x01, 0xab, 0xcd]
const lockedAnswer = [0x02, 0x00, 0x00, 0x01, 0x00, 0x33, 0x31]
const changedAnswer = [0x02, 0x00, 0x00, 0x01, 0x01, 0x23, 0x10]
/** Lamp lines kept for the test or the screen of the world. */
const mostLamps = 64

/** A code reader at a lane that sends what a real one would. */
export class SimulatedScanner {
  readonly #lines = new Set<LineEnd>()
  #suffix: ScannerSuffix = '\r\n'
  #aim = true
  #locked = true
  #lamps: readonly string[] = []

  /** Attaches a line; answers how to detach it. */
  attach(line: LineEnd): () => void {
    this.#lines.add(line)
    const silence = line.onBytes((bytes) => this.#hear(line, bytes))
    return () => {
      silence()
      this.#lines.delete(line)
    }
  }

  configure(settings: { readonly suffix?: ScannerSuffix; readonly aim?: boolean }): void {
    this.#suffix = settings.suffix ?? this.#suffix
    this.#aim = settings.aim ?? this.#aim
  }

  /** A code is held before the window. False when nobody listens. */
  scan(text: string): boolean {
    return this.send(new TextEncoder().encode(`${this.#aim ? ']Q1' : ''}${text}${this.#suffix}`))
  }

  /** Any bytes, for noise and foreign symbologies. */
  send(bytes: Uint8Array): boolean {
    return [...this.#lines].map((line) => line.write(bytes)).includes(true)
  }

  /** A customer shows a configuration barcode (Q08). */
  scanConfigurationBarcode(): void {
    this.#locked = false
  }

  /** The lamp lines received, oldest first. */
  lamps(): readonly string[] {
    return this.#lamps
  }

  #hear(line: LineEnd, bytes: Uint8Array): void {
    if (bytes[0] === settingsQuery[0] && bytes.length === settingsQuery.length) {
      line.write(Uint8Array.from(this.#locked ? lockedAnswer : changedAnswer))
      return
    }
    const text = new TextDecoder().decode(bytes).trim()
    this.#lamps = [...this.#lamps, text].slice(-mostLamps)
  }
}
