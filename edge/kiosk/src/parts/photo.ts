import { photoBytesMax } from '@baari/shared/contracts/http/edge-api'

/** Sides in pixels and JPEG quality, tried in turn until the picture is short enough. */
const tries = [
  { side: 1600, quality: 0.8 },
  { side: 1600, quality: 0.6 },
  { side: 1280, quality: 0.6 },
  { side: 1024, quality: 0.5 },
] as const

export type Size = { readonly width: number; readonly height: number }

/** The picture's size with its longer side cut to `side`; one that is smaller stays as it is. */
export function scaledSize({ width, height }: Size, side: number): Size {
  const share = Math.min(1, side / Math.max(width, height))
  return {
    width: Math.max(1, Math.round(width * share)),
    height: Math.max(1, Math.round(height * share)),
  }
}

export type Encode = (size: Size, quality: number) => Promise<Blob | null>

/** The first try that fits the node's bound; null when none does, or the picture cannot be drawn. */
export async function shortJpeg(size: Size, encode: Encode): Promise<Blob | null> {
  for (const { side, quality } of tries) {
    const blob = await encode(scaledSize(size, side), quality)
    if (blob !== null && blob.size <= photoBytesMax) return blob
  }
  return null
}

/** A picture of the camera as a short JPEG, drawn anew: no place or device name of it stays. */
export async function shortPhoto(file: Blob): Promise<Blob | null> {
  const picture = await createImageBitmap(file).catch(() => null)
  if (picture === null) return null
  try {
    return await shortJpeg(picture, ({ width, height }, quality) => {
      const canvas = document.createElement('canvas')
      canvas.width = width
      canvas.height = height
      canvas.getContext('2d')?.drawImage(picture, 0, 0, width, height)
      return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
    })
  } finally {
    picture.close()
  }
}

/** As the request carries it. */
export async function base64Of(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer())
  const pieces: string[] = []
  // Arguments of one call are bounded; a picture has more bytes than that.
  for (let at = 0; at < bytes.length; at += 0x8000)
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)))
  return btoa(pieces.join(''))
}
