import type { Clock } from '@baari/shared/runtime/clock'
import { millis } from '@baari/shared/units/time'
import { EscPosDecoder, type PrintedItem } from '../protocols/escpos/decoder.ts'
import type { LineEnd } from './line-end.ts'

const printMs = millis(50)
const mostKept = 4_096

/** A roll printer that keeps what it put on paper, decoded from the bytes it got. */
export class SimulatedPrinter {
  readonly #clock: Clock
  #paper: PrintedItem[] = []
  #paperOut = false
  #lidOpen = false
  #silent = false
  /** The roll ends with the next page. */
  #endsNext = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  attach(line: LineEnd): () => void {
    const decoder = new EscPosDecoder()
    return line.onBytes((bytes) => {
      for (const item of decoder.feed(bytes)) this.#take(line, item)
    })
  }

  /** What is on paper, oldest first. */
  paper(): readonly PrintedItem[] {
    return this.#paper
  }

  tearOff(): void {
    this.#paper = []
  }

  trouble(now: {
    readonly paperOut?: boolean
    readonly lidOpen?: boolean
    readonly silent?: boolean
    readonly endsNext?: boolean
  }): void {
    this.#paperOut = now.paperOut ?? false
    this.#lidOpen = now.lidOpen ?? false
    this.#silent = now.silent ?? false
    this.#endsNext = now.endsNext ?? false
  }

  #take(line: LineEnd, item: PrintedItem): void {
    if (this.#silent) return
    if (item.kind !== 'asked') {
      if (item.kind !== 'reset' && !this.#paperOut && !this.#lidOpen)
        this.#paper = [...this.#paper, item].slice(-mostKept)
      return
    }
    if (item.what === 'offline') line.write(Uint8Array.of(0x12 | (this.#lidOpen ? 0x04 : 0)))
    else if (item.what === 'paper') line.write(Uint8Array.of(0x12 | (this.#paperOut ? 0x60 : 0)))
    else {
      const ended = this.#endsNext ? 0x0c : 0
      this.#clock.after('printed', printMs, () => line.write(Uint8Array.of(ended)))
    }
  }
}
