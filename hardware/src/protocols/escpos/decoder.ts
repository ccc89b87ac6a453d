import type { Raster } from './commands.ts'

/** What a printer makes of the bytes it gets. */
export type PrintedItem =
  | { readonly kind: 'reset' }
  | {
      readonly kind: 'text'
      readonly text: string
      readonly scale: number
      readonly align: 'left' | 'centre'
    }
  | { readonly kind: 'raster'; readonly raster: Raster; readonly align: 'left' | 'centre' }
  | { readonly kind: 'qr'; readonly text: string }
  | { readonly kind: 'feed'; readonly lines: number }
  | { readonly kind: 'asked'; readonly what: 'offline' | 'paper' | 'printed' }
  | { readonly kind: 'unknown'; readonly byte: number }

/** No command of ours is longer; more is dropped as unknown. */
const mostHeld = 65_536

type Taken = { readonly length: number; readonly items: readonly PrintedItem[] }

/** Reads ESC/POS as a printer does, for simulators and tests: pure, bounded, never throws. */
export class EscPosDecoder {
  #held: number[] = []
  #text = ''
  #scale = 1
  #align: 'left' | 'centre' = 'left'
  #qr = ''

  feed(bytes: Uint8Array): readonly PrintedItem[] {
    for (const byte of bytes) this.#held.push(byte)
    const items: PrintedItem[] = []
    for (;;) {
      const taken = this.#take(this.#held)
      if (taken === null) break
      items.push(...taken.items)
      this.#held = this.#held.slice(taken.length)
    }
    if (this.#held.length > mostHeld) {
      items.push({ kind: 'unknown', byte: this.#held[0] ?? 0 })
      this.#held = []
    }
    return items
  }

  /** The first command of the bytes; null while it is not whole. */
  #take(bytes: readonly number[]): Taken | null {
    const [first, second, third] = bytes
    if (first === undefined) return null
    if (first === 0x0a) return { length: 1, items: this.#line() }
    if (first >= 0x20 && first < 0x7f) {
      this.#text += String.fromCharCode(first)
      return { length: 1, items: [] }
    }
    if (second === undefined) return null
    if (first === 0x1b) return this.#escape(second, third)
    if (first === 0x10 && second === 0x04) {
      if (third === undefined) return null
      return { length: 3, items: [{ kind: 'asked', what: third === 2 ? 'offline' : 'paper' }] }
    }
    if (first === 0x1d) return this.#group(bytes, second)
    return { length: 1, items: [{ kind: 'unknown', byte: first }] }
  }

  #escape(command: number, value: number | undefined): Taken | null {
    if (command === 0x40) {
      this.#scale = 1
      this.#align = 'left'
      return { length: 2, items: [{ kind: 'reset' }] }
    }
    if (value === undefined) return null
    if (command === 0x61) {
      this.#align = value === 1 ? 'centre' : 'left'
      return { length: 3, items: [] }
    }
    if (command === 0x64) return { length: 3, items: [{ kind: 'feed', lines: value }] }
    return { length: 1, items: [{ kind: 'unknown', byte: 0x1b }] }
  }

  #group(bytes: readonly number[], command: number): Taken | null {
    const value = bytes[2]
    if (value === undefined) return null
    switch (command) {
      case 0x21:
        this.#scale = (value & 0x0f) + 1
        return { length: 3, items: [] }
      case 0x72:
        return { length: 3, items: [{ kind: 'asked', what: 'printed' }] }
      case 0x76:
        return this.#picture(bytes)
      case 0x28:
        return this.#symbol(bytes)
      default:
        return { length: 1, items: [{ kind: 'unknown', byte: 0x1d }] }
    }
  }

  #picture(bytes: readonly number[]): Taken | null {
    const rowBytes = word(bytes, 4)
    const rows = word(bytes, 6)
    const length = 8 + rowBytes * rows
    if (bytes.length < 8 || bytes.length < length) return null
    const bits = Uint8Array.from(bytes.slice(8, length))
    const raster = { widthDots: rowBytes * 8, heightDots: rows, bits }
    return { length, items: [{ kind: 'raster', raster, align: this.#align }] }
  }

  #symbol(bytes: readonly number[]): Taken | null {
    const length = 5 + word(bytes, 3)
    if (bytes.length < 5 || bytes.length < length) return null
    const fn = bytes[6]
    if (fn === 0x50) this.#qr = new TextDecoder().decode(Uint8Array.from(bytes.slice(8, length)))
    return { length, items: fn === 0x51 ? [{ kind: 'qr', text: this.#qr }] : [] }
  }

  #line(): readonly PrintedItem[] {
    const text = this.#text
    this.#text = ''
    if (text === '') return []
    return [{ kind: 'text', text, scale: this.#scale, align: this.#align }]
  }
}

function word(bytes: readonly number[], at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
}
