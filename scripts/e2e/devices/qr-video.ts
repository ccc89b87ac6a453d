import { writeFileSync } from 'node:fs'
import { create } from 'qrcode'

const width = 640
const height = 480
const modulePixels = 7
const frames = 10
const white = 235
const black = 16
const grey = 128

/**
 * A video that shows the text as a QR code of level M, as raw YUV4MPEG2 (4:2:0, limited range) for
 * Chromium's fake camera, which plays it in a loop.
 */
export function writeQrVideo(path: string, text: string): void {
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  const side = modules.size * modulePixels
  const [left, top] = [(width - side) >> 1, (height - side) >> 1]
  if (top < 4 * modulePixels) throw new Error(`${modules.size} modules do not fit the picture`)
  const luma = Buffer.alloc(width * height, white)
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const dark = modules.get(Math.floor(y / modulePixels), Math.floor(x / modulePixels))
      if (dark !== 0) luma[(top + y) * width + left + x] = black
    }
  }
  const chroma = Buffer.alloc((width * height) >> 1, grey)
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, chroma])
  const header = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`)
  writeFileSync(path, Buffer.concat([header, ...Array.from({ length: frames }, () => frame)]))
}
