import { readdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
}
const compressible: ReadonlySet<string> = new Set([
  '.html',
  '.js',
  '.css',
  '.json',
  '.svg',
  '.wasm',
])
const mostFiles = 2000

type Encoding = 'br' | 'gzip' | 'identity'

export type ServedFile = {
  readonly body: Uint8Array
  readonly type: string
  readonly encoding: Encoding
  readonly etag: string
  /** Names made of their content never change; pages are asked for again each time. */
  readonly cacheControl: string
}

export type KioskFiles = {
  /** The file for a URL path, in the best encoding the browser takes. */
  find(path: string, acceptEncoding: string): Promise<ServedFile | undefined>
}

type Entry = { readonly file: string; readonly bytes: number; readonly changedMs: number }

/**
 * The built screens below one folder. The list is made once at start, so a URL can only name what
 * was built; a missing folder serves nothing. Each file is read and compressed once.
 */
export function kioskFiles(folder: string): KioskFiles {
  const entries = listed(folder)
  const served = new Map<string, Promise<ServedFile>>()

  return {
    async find(path, acceptEncoding) {
      const name = path.endsWith('/') ? `${path}index.html` : path
      const entry = entries.get(name) ?? entries.get(`${name}.html`)
      if (!entry) return undefined
      const encoding = encodingFor(entry.file, acceptEncoding)
      const key = `${encoding} ${entry.file}`
      const known = served.get(key) ?? load(entries, entry, encoding)
      served.set(key, known)
      return known
    },
  }
}

function listed(folder: string): ReadonlyMap<string, Entry> {
  const found = new Map<string, Entry>()
  let names: string[]
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch {
    return found
  }
  for (const name of names.slice(0, mostFiles)) {
    const file = join(folder, name)
    const stats = statSync(file)
    if (!stats.isFile()) continue
    const path = `/${relative(folder, file).split(sep).join('/')}`
    found.set(path, { file, bytes: stats.size, changedMs: Math.floor(stats.mtimeMs) })
  }
  return found
}

function encodingFor(file: string, accepted: string): Encoding {
  if (!compressible.has(extname(file))) return 'identity'
  if (/\bbr\b/.test(accepted)) return 'br'
  return /\bgzip\b/.test(accepted) ? 'gzip' : 'identity'
}

const suffixes = { br: '.br', gzip: '.gz' } as const
const compress = { br: promisify(brotliCompress), gzip: promisify(gzip) } as const

async function load(
  entries: ReadonlyMap<string, Entry>,
  { file, bytes, changedMs }: Entry,
  encoding: Encoding,
): Promise<ServedFile> {
  const hashed =
    /[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/.test(file) && file.includes(`${sep}assets${sep}`)
  return {
    body: await bodyOf(entries, file, encoding),
    type: types[extname(file)] ?? 'application/octet-stream',
    encoding,
    etag: `"${bytes.toString(36)}-${changedMs.toString(36)}-${encoding}"`,
    cacheControl: hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
}

async function bodyOf(
  entries: ReadonlyMap<string, Entry>,
  file: string,
  encoding: Encoding,
): Promise<Uint8Array> {
  if (encoding === 'identity') return readFile(file)
  const built = `${file}${suffixes[encoding]}`
  const isBuilt = [...entries.values()].some((entry) => entry.file === built)
  if (isBuilt) return readFile(built)
  return compress[encoding](await readFile(file))
}
