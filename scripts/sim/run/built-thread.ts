import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Inside the clone, so that the driver of SQLite is found from there. */
const cache = fileURLToPath(new URL('../../../node_modules/.cache/baari', import.meta.url))

/** Packages written for CommonJS ask for Node's own modules by `require`. */
const requireForPackages =
  "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url)"

type BuiltThread = {
  readonly file: string
  remove(): void
}

/**
 * The seed thread as one file, the way the node itself is shipped (ADR 25). A loader that strips
 * types gives every function its name back each time one is made, and a world makes millions: the
 * same seeds take a fifth longer that way.
 */
export async function buildSeedThread(): Promise<BuiltThread> {
  mkdirSync(cache, { recursive: true })
  // A folder for each run: two runs of one clone may build at the same time.
  const folder = mkdtempSync(join(cache, 'sim-'))
  const file = join(folder, 'seed-thread.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('./seed-thread.ts', import.meta.url))],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: ['better-sqlite3'],
    banner: { js: requireForPackages },
    sourcemap: 'linked',
    logLevel: 'warning',
  })
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
