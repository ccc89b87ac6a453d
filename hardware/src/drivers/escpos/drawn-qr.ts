import { QRCodeDecoderErrorCorrectionLevel, QRCodeEncoder } from '@zxing/library'
import { paperDots, type Raster } from '../../protocols/escpos/commands.ts'

/** Light modules around a symbol (ISO/IEC 18004). */
const quietModules = 4
/** 0.75 mm: larger ones are no easier to read. */
const mostDots = 6

/**
 * A text as a QR of level M, as large as the paper allows. It is drawn, because printers differ in
 * what their own symbol command can take, and none says when it left something out.
 */
export function drawnQr(text: string): Raster {
  const modules = QRCodeEncoder.encode(text, QRCodeDecoderErrorCorrectionLevel.M).getMatrix()
  const size = modules.getWidth() + 2 * quietModules
  const dots = Math.max(1, Math.min(mostDots, Math.floor(paperDots / size)))
  const rowBytes = Math.ceil((size * dots) / 8)
  const bits = new Uint8Array(rowBytes * size * dots)
  const dark = (x: number, y: number): boolean =>
    isInside(x, size) && isInside(y, size) && modules.get(x - quietModules, y - quietModules) === 1
  for (let y = 0; y < size * dots; y += 1) {
    for (let x = 0; x < size * dots; x += 1) {
      if (!dark(Math.floor(x / dots), Math.floor(y / dots))) continue
      const at = y * rowBytes + (x >> 3)
      bits[at] = (bits[at] ?? 0) | (0x80 >> (x & 7))
    }
  }
  return { widthDots: rowBytes * 8, heightDots: size * dots, bits }
}

function isInside(module: number, size: number): boolean {
  return module >= quietModules && module < size - quietModules
}
