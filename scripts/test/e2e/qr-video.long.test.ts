import { BinaryBitmap, HybridBinarizer, QRCodeReader, RGBLuminanceSource } from '@zxing/library'
import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import { describe, expect, it } from 'vitest'
import { qrPictures, videoSize } from '../../e2e/devices/qr-video.ts'

/** Digits, capitals and signs: what a token is spelled with. */
const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$%*+-./:'
const tokenLength = 178
/** So many pictures are over within half a second. */
const soon = 5

describe('the video of a phone before a camera', () => {
  it('has for every token a picture that the reader of the kiosk reads, soon', () => {
    const prng = seededPrng(20_261_130)
    for (let each = 0; each < 10; each += 1) {
      const token = Array.from({ length: tokenLength }, () =>
        letters.charAt(wholeBetween(prng, 0, letters.length - 1)),
      ).join('')
      expect(qrPictures(token, soon).map(read)).toContain(token)
    }
  })

  it('shows no picture twice', () => {
    const pictures = qrPictures('BAARI1:TEST').map((luma) => luma.toString('latin1'))
    expect(new Set(pictures).size).toBe(pictures.length)
  })

  it('refuses a text whose code would leave the picture', () => {
    expect(() => qrPictures('A'.repeat(2_000))).toThrow('do not fit')
  })
})

function read(luma: Buffer): string | undefined {
  const { width, height } = videoSize
  const source = new RGBLuminanceSource(Uint8ClampedArray.from(luma), width, height)
  try {
    return new QRCodeReader().decode(new BinaryBitmap(new HybridBinarizer(source))).getText()
  } catch {
    // Not found in this picture; the next is another.
    return undefined
  }
}
