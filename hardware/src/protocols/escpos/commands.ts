import type { PrintLine, PrintPage } from '../../ports/printer.ts'
import { asciiBytes } from '../ascii.ts'

/** Dots across the paper, 8 per millimetre, and letters of font A in them. */
export const paperDots = 384
export const lettersPerLine = 32

/** A picture of one bit a dot, rows from the top, each filled up to whole bytes; 1 is black. */
export type Raster = {
  readonly widthDots: number
  readonly heightDots: number
  readonly bits: Uint8Array
}

/** Draws a text the printer has no letters for, `scale` times the height of its own. */
export type DrawText = (text: string, scale: 1 | 2 | 4) => Raster

/** What a printer cannot do by itself, or not alike. */
export type Drawing = { readonly text: DrawText; readonly qr: (text: string) => Raster }

const esc = 0x1b
const gs = 0x1d
const dle = 0x10
const eot = 0x04
const lineFeed = 0x0a
/** Lines of paper after a page, so that it can be torn off below the text. */
const feedLines = 4
/** A picture is sent in stripes, so that a small buffer is never full. */
const stripeDots = 128

/** What the asking side sends before, and behind, a page. */
export const askOffline = Uint8Array.of(dle, eot, 2)
export const askPaper = Uint8Array.of(dle, eot, 4)
/** Answered in the order of printing: what came before it is on paper. */
export const askPrinted = Uint8Array.of(gs, 0x72, 1)

/** Letters every code page has; anything else is drawn. */
export function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

/** Bytes of a page; `draw` is called for symbols and for lines the code page cannot print. */
export function encodePage(page: PrintPage, draw: Drawing): Uint8Array {
  const parts = [
    Uint8Array.of(esc, 0x40),
    ...page.lines.flatMap((line) => encodeLine(line, draw)),
    Uint8Array.of(esc, 0x64, feedLines),
  ]
  return joined(parts)
}

function encodeLine(line: PrintLine, draw: Drawing): readonly Uint8Array[] {
  switch (line.kind) {
    case 'rule':
      return [aligned('left'), sized(1), asciiBytes('-'.repeat(lettersPerLine)), newLine]
    case 'qr':
      return [aligned('centre'), ...stripesOf(draw.qr(line.text))]
    case 'text':
      return [aligned(line.align), ...textOf(line, draw.text)]
  }
}

const newLine = Uint8Array.of(lineFeed)

function textOf(
  { text, scale }: Extract<PrintLine, { kind: 'text' }>,
  draw: DrawText,
): readonly Uint8Array[] {
  if (!isPlain(text)) return stripesOf(draw(text, scale))
  const room = lettersPerLine / scale
  const rows = text.match(new RegExp(`.{1,${room}}`, 'g')) ?? ['']
  return rows.flatMap((row) => [sized(scale), asciiBytes(row), newLine])
}

function aligned(align: 'left' | 'centre'): Uint8Array {
  return Uint8Array.of(esc, 0x61, align === 'left' ? 0 : 1)
}

/** GS ! n: width in the high half byte, height in the low one, both less one. */
function sized(scale: number): Uint8Array {
  return Uint8Array.of(gs, 0x21, ((scale - 1) << 4) | (scale - 1))
}

/** GS v 0: a picture, in stripes of at most 128 rows. */
function stripesOf({ widthDots, heightDots, bits }: Raster): readonly Uint8Array[] {
  const rowBytes = Math.ceil(widthDots / 8)
  const stripes: Uint8Array[] = []
  for (let from = 0; from < heightDots; from += stripeDots) {
    const rows = Math.min(stripeDots, heightDots - from)
    const head = [gs, 0x76, 0x30, 0, rowBytes & 0xff, rowBytes >>> 8, rows & 0xff, rows >>> 8]
    stripes.push(
      joined([Uint8Array.from(head), bits.subarray(from * rowBytes, (from + rows) * rowBytes)]),
    )
  }
  return stripes
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
