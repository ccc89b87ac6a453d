// The function given to page.evaluate runs in the browser.
/// <reference lib="dom" />
import {
  BinaryBitmap,
  DecodeHintType,
  HybridBinarizer,
  QRCodeReader,
  RGBLuminanceSource,
} from '@zxing/library'
import type { Page } from 'playwright-core'
import { waitUntil } from '../../clients/wait-until.ts'
import { patientMs } from '../until.ts'

/**
 * Text of the QR code in a picture of it on the page: the picture is what was painted, not what the
 * page's code believes it painted. The reader is told that the picture holds nothing else, because
 * its search for a code in a scene misses one clean picture in twenty, and the same one each time;
 * a camera's next frame is another picture.
 */
export function readQrOnScreen(page: Page): Promise<string> {
  const patience = { what: 'a QR code on the screen', withinMs: patientMs }
  return waitUntil(patience, () => readOnce(page))
}

async function readOnce(page: Page): Promise<string> {
  const png = await page.locator('.ticket .qr').first().screenshot()
  const { width, height, luma } = await page.evaluate(lumaOf, png.toString('base64'))
  const source = new RGBLuminanceSource(Uint8ClampedArray.from(luma), width, height)
  const alone = new Map([[DecodeHintType.PURE_BARCODE, true]])
  const bitmap = new BinaryBitmap(new HybridBinarizer(source))
  return new QRCodeReader().decode(bitmap, alone).getText()
}

/** Grey values of a PNG; the browser that made it also unpacks it. */
async function lumaOf(
  base64: string,
): Promise<{ readonly width: number; readonly height: number; readonly luma: number[] }> {
  const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))
  const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
  const canvas = new OffscreenCanvas(picture.width, picture.height)
  const pen = canvas.getContext('2d')
  if (pen === null) throw new Error('no 2D canvas')
  pen.drawImage(picture, 0, 0)
  const { data } = pen.getImageData(0, 0, picture.width, picture.height)
  const luma: number[] = []
  for (let at = 0; at < data.length; at += 4) {
    luma.push(Math.round(((data[at] ?? 0) + 2 * (data[at + 1] ?? 0) + (data[at + 2] ?? 0)) / 4))
  }
  return { width: picture.width, height: picture.height, luma }
}
