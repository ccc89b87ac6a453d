import { readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ModelOffer, ModelSource } from '../../ports/models.ts'

/** Larger than any bundle: a disk image in the folder is not read. */
const bytesMax = 16_000_000

/**
 * Models a technician has put into `incoming` of the models' folder, for a station without a
 * cloud. A bundle that is refused is kept as `refused` until the next one, to be looked at.
 */
export function incomingFolder(folder: string): ModelSource {
  const incoming = join(folder, 'incoming')
  return {
    next: () => Promise.resolve(readOffer(incoming)),
    aside(refused) {
      const kept = join(folder, 'refused')
      rmSync(kept, { recursive: true, force: true })
      if (refused === undefined) rmSync(incoming, { recursive: true, force: true })
      else renameSync(incoming, kept)
    },
  }
}

/** Undefined until all four files are there: they are copied one after the other. */
function readOffer(folder: string): ModelOffer | undefined {
  const [manifest, signature, model, golden] = [
    ...['manifest.json', 'manifest.sig', 'model.onnx', 'golden.json'],
  ].map((name) => read(join(folder, name)))
  if (!manifest || !signature || !model || !golden) return undefined
  const order = read(join(folder, 'rollback.json'))
  const orderSignature = read(join(folder, 'rollback.sig'))
  return {
    files: { manifest, signature, model, golden },
    rollback: order && orderSignature && { order, signature: orderSignature },
  }
}

function read(path: string): Uint8Array | undefined {
  try {
    const bytes = new Uint8Array(readFileSync(path))
    return bytes.length > bytesMax ? undefined : bytes
  } catch {
    return undefined
  }
}
