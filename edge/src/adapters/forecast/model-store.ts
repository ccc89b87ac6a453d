import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { ModelStore, StoredBundle } from '../../ports/models.ts'

const inUse = z.object({
  version: z.int().min(1),
  manifestSha256: z.string(),
  previous: z.object({ version: z.int().min(1), manifestSha256: z.string() }).nullable(),
})
type InUse = z.output<typeof inUse>

const files = {
  manifest: 'manifest.json',
  model: 'model.onnx',
  golden: 'golden.json',
  signature: 'manifest.sig',
} as const
/** Made here of the model, and beside what was signed. */
const packedFile = 'trees.bin'

/**
 * Bundles in a folder of their own each, and one small file that says which is in use. The folder is
 * written whole and forced to the disk under another name before it gets its own; only then does
 * the small file change, in the same way.
 */
export function modelStore(folder: string): ModelStore {
  const pointer = join(folder, 'in-use.json')
  const keptFile = join(folder, 'kept-week.bin')
  const folderOf = (version: number): string => join(folder, `model-${version}`)

  return {
    kept: () => readWhole(keptFile),
    keep(bytes) {
      // Not forced to the disk: a torn file is known by its hash and costs one longer forecast.
      writeFileSync(`${keptFile}.new`, bytes, { mode: 0o600 })
      renameSync(`${keptFile}.new`, keptFile)
    },
    current: () => readInUse(pointer)?.version ?? 0,
    stored() {
      const now = readInUse(pointer)
      const wanted =
        now === undefined ? [] : [now, ...(now.previous === null ? [] : [now.previous])]
      return wanted.flatMap((one) => readBundle(folderOf(one.version), one))
    },
    put({ version, manifestSha256, packed, ...bundle }) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const draft = `${folderOf(version)}.new`
      rmSync(draft, { recursive: true, force: true })
      mkdirSync(draft, { mode: 0o700 })
      for (const name of ['manifest', 'model', 'golden', 'signature'] as const) {
        writeDurably(join(draft, files[name]), bundle[name])
      }
      if (packed !== undefined) writeDurably(join(draft, packedFile), packed)
      syncFolder(draft)
      rmSync(folderOf(version), { recursive: true, force: true })
      renameSync(draft, folderOf(version))
      syncFolder(folder)
      const before = readInUse(pointer)
      const previous = before?.version === version ? before.previous : (before ?? null)
      const next: InUse = {
        version,
        manifestSha256,
        previous: previous && {
          version: previous.version,
          manifestSha256: previous.manifestSha256,
        },
      }
      writeDurably(`${pointer}.new`, new TextEncoder().encode(JSON.stringify(next)))
      renameSync(`${pointer}.new`, pointer)
      syncFolder(folder)
      // Another model answers otherwise.
      for (const old of [keptFile, `${keptFile}.new`]) rmSync(old, { force: true })
      dropOthers(folder, [version, ...(previous === null ? [] : [previous.version])])
    },
  }
}

function readInUse(pointer: string): InUse | undefined {
  try {
    return inUse.safeParse(JSON.parse(readFileSync(pointer, 'utf8'))).data
  } catch {
    return undefined
  }
}

/** Larger than any week's rows, and than the packed trees of any model of a permitted size. */
const madeHereMax = 16_000_000

function readWhole(path: string): Uint8Array | undefined {
  try {
    return statSync(path).size > madeHereMax ? undefined : bytesOf(path)
  } catch {
    return undefined
  }
}

/** Without the copy a plain array of a buffer would be: a model has megabytes. */
function bytesOf(path: string): Uint8Array {
  const { buffer, byteOffset, byteLength } = readFileSync(path)
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** Empty when a file is missing; what is in the files is judged by its hash. */
function readBundle(
  folder: string,
  { version, manifestSha256 }: Pick<StoredBundle, 'version' | 'manifestSha256'>,
): readonly StoredBundle[] {
  try {
    const read = (name: keyof typeof files): Uint8Array => bytesOf(join(folder, files[name]))
    const bundle = { manifest: read('manifest'), model: read('model'), golden: read('golden') }
    const path = join(folder, packedFile)
    const packed = existsSync(path) ? (): Uint8Array | undefined => readWhole(path) : undefined
    return [{ version, manifestSha256, ...bundle, packed }]
  } catch {
    return []
  }
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const handle = openSync(path, 'w', 0o600)
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** A rename is durable only when its folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function dropOthers(folder: string, kept: readonly number[]): void {
  const names = new Set(kept.map((version) => `model-${version}`))
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (name.startsWith('model-') && !names.has(name)) {
      rmSync(join(folder, name), { recursive: true, force: true })
    }
  }
}
