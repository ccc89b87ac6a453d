import {
  BinaryBitmap,
  DecodeHintType,
  GlobalHistogramBinarizer,
  QRCodeReader,
  RGBLuminanceSource,
} from '@zxing/library'
import type { PrintedItem } from '../protocols/escpos/decoder.ts'

/** Texts of the QR symbols on a paper, oldest first, as a reader finds them in its dots. */
export function printedQrs(paper: readonly PrintedItem[]): readonly string[] {
  return picturesOf(paper).flatMap((picture) => readQr(picture) ?? [])
}

/** The reader is told that the picture holds nothing else: its search for a symbol is for cameras. */
const alone = new Map([[DecodeHintType.PURE_BARCODE, true]])

type Picture = { readonly widthDots: number; readonly rows: readonly Uint8Array[] }

/** Stripes below each other are one picture. */
function picturesOf(paper: readonly PrintedItem[]): readonly Picture[] {
  const pictures: Picture[] = []
  let before: PrintedItem | undefined
  for (const item of paper) {
    const last = pictures.at(-1)
    if (item.kind === 'raster') {
      const { widthDots, heightDots, bits } = item.raster
      const rowBytes = widthDots / 8
      const rows = Array.from({ length: heightDots }, (_, row) =>
        bits.subarray(row * rowBytes, (row + 1) * rowBytes),
      )
      if (before?.kind === 'raster' && last?.widthDots === widthDots)
        pictures[pictures.length - 1] = { widthDots, rows: [...last.rows, ...rows] }
      else pictures.push({ widthDots, rows })
    }
    before = item
  }
  return pictures
}

function readQr({ widthDots, rows }: Picture): string | undefined {
  const luminance = new Uint8ClampedArray(widthDots * rows.length)
  for (const [y, row] of rows.entries()) {
    for (let x = 0; x < widthDots; x += 1) {
      const black = ((row[x >> 3] ?? 0) & (0x80 >> (x & 7))) !== 0
      luminance[y * widthDots + x] = black ? 0 : 255
    }
  }
  const source = new RGBLuminanceSource(luminance, widthDots, rows.length)
  try {
    const bitmap = new BinaryBitmap(new GlobalHistogramBinarizer(source))
    return new QRCodeReader().decode(bitmap, alone).getText()
  } catch {
    // Drawn letters are no symbol; the reader says so by throwing.
    return undefined
  }
}
