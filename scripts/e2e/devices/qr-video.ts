import { writeFileSync } from 'node:fs'
import { create, type BitMatrix } from 'qrcode'

/** Size of a picture, in pixels. */
export const videoSize = { width: 640, height: 480 } as const

const { width, height } = videoSize
const white = 235
const black = 16
const grey = 128
/** A pixel's grey is the mean of so many points in each direction, as a camera's is of its light. */
const points = 3

/** How a phone is held before the camera in one picture. */
type Held = {
  /** Pixels from one module of the code to the next. */
  readonly modulePixels: number
  /** Pixels to the right and down from the middle of the picture. */
  readonly right: number
  readonly down: number
  /** Clockwise, in radians. */
  readonly turn: number
}

const pictures = 16

/**
 * The pictures of a phone in a hand: none is the one before. The decoder's search misses about one
 * still picture in ten for good, whatever is done with the same picture again.
 *
 * @returns the brightness of each picture, row by row, {@link videoSize} in size
 * @throws Error when the text makes a code that leaves the picture
 */
export function qrPictures(text: string, count = pictures): readonly Buffer[] {
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  return Array.from({ length: count }, (_, index) => picture(modules, heldAt(index)))
}

/** Nearer and farther, to and fro; strides without a common divisor, so that no two are alike. */
const heldAt = (index: number): Held => ({
  modulePixels: 5.6 + ((index * 7) % pictures) * 0.1,
  right: ((index * 5) % pictures) * 2 - pictures,
  down: ((index * 11) % pictures) * 2 - pictures,
  turn: (((index * 3) % pictures) - pictures / 2) * 0.012,
})

function picture(modules: BitMatrix, { modulePixels, right, down, turn }: Held): Buffer {
  const side = modules.size * modulePixels
  // Half of the diagonal, the quiet zone of four modules with it.
  const reach = ((side + 8 * modulePixels) * Math.SQRT1_2) | 0
  const [middleX, middleY] = [width / 2 + right, height / 2 + down]
  if (side + 8 * modulePixels + 2 * Math.abs(down) > height) {
    throw new Error(`${modules.size} modules do not fit the picture`)
  }
  const [along, across] = [Math.cos(turn) / modulePixels, Math.sin(turn) / modulePixels]
  const darkAt = (x: number, y: number): number => {
    const column = Math.floor(along * x + across * y + modules.size / 2)
    const row = Math.floor(along * y - across * x + modules.size / 2)
    const within = Math.min(column, row) >= 0 && Math.max(column, row) < modules.size
    return within && modules.get(row, column) !== 0 ? 1 : 0
  }
  const luma = Buffer.alloc(width * height, white)
  const [left, last] = [Math.max(0, middleX - reach), Math.min(width, middleX + reach)]
  for (let y = Math.max(0, middleY - reach); y < Math.min(height, middleY + reach); y += 1) {
    for (let x = left; x < last; x += 1) {
      const dark = meanOf(darkAt, x - middleX, y - middleY)
      luma[y * width + x] = Math.round(white - (white - black) * dark)
    }
  }
  return luma
}

/** Share of a pixel that is dark, 0 to 1; `x` and `y` are of its upper left corner. */
function meanOf(darkAt: (x: number, y: number) => number, x: number, y: number): number {
  let dark = 0
  for (let each = 0; each < points * points; each += 1) {
    const [column, row] = [each % points, Math.floor(each / points)]
    dark += darkAt(x + (column + 0.5) / points, y + (row + 0.5) / points)
  }
  return dark / points ** 2
}

/**
 * A video of the text as a QR code of level M, as raw YUV4MPEG2 (4:2:0, limited range, ten pictures
 * a second) for Chromium's fake camera, which plays it in a loop.
 */
export function writeQrVideo(path: string, text: string): void {
  const chroma = Buffer.alloc((width * height) >> 1, grey)
  const header = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`)
  const frames = qrPictures(text).flatMap((luma) => [Buffer.from('FRAME\n'), luma, chroma])
  writeFileSync(path, Buffer.concat([header, ...frames]))
}
