import { readFileSync, rmSync } from 'node:fs'
import { basename, dirname, relative } from 'node:path'
import { build } from 'esbuild'
import { below } from '../bootstrap/root.mjs'

/**
 * Builds the station node into `edge/dist`: one JavaScript file for the process and one for each of
 * its threads and helpers, shared parts beside them (ADR 25). Files that are read while it runs, such as register
 * maps and the kiosk, stay where they are in the clone; so do packages with native parts.
 */
const folder = 'edge/dist'

const threads = [
  'edge/src/compose/ledger-thread.ts',
  'edge/src/compose/quote-thread.ts',
  'edge/src/compose/draw-thread.ts',
  'edge/src/compose/backup-process.ts',
  'edge/src/adapters/ledger/plain-backup-process.ts',
  'edge/src/adapters/telemetry/telemetry-worker.ts',
]

const native = ['better-sqlite3', 'serialport', '@node-rs/argon2', 'harfbuzzjs']

/** Packages written for CommonJS ask for Node's own modules by `require`. */
const requireForPackages =
  "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url)"

const threadFile = /new URL\('(\.\/[\w-]+)\.ts', import\.meta\.url\)/g

/** The module's text with its own place in the clone, and its threads beside the built file. */
function placed(path) {
  const text = readFileSync(path, 'utf8')
  if (!text.includes('import.meta')) return undefined
  const source = `new URL(${JSON.stringify(relative(below(folder), path))}, import.meta.url)`
  const built = text.replace(threadFile, (_, name) => {
    const wanted = relative(below(), `${dirname(path)}/${name}.ts`)
    if (!threads.includes(wanted)) throw new Error(`${path}: ${wanted} is not built`)
    return `new URL('./${basename(name)}.js', BUILT)`
  })
  return built
    .replaceAll('import.meta.url', `${source}.href`)
    .replaceAll('import.meta.dirname', `new URL('.', ${source}).pathname`)
    .replaceAll('BUILT', 'import.meta.url')
}

rmSync(below(folder), { recursive: true, force: true })
await build({
  absWorkingDir: below(),
  entryPoints: ['edge/src/main.ts', ...threads],
  outdir: folder,
  entryNames: '[name]',
  chunkNames: 'part-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: native,
  banner: { js: requireForPackages },
  // Every thread keeps the text of what it runs. Names stay, for whoever reads a stack; the maps
  // are read when Node is started with --enable-source-maps.
  minifyWhitespace: true,
  lineLimit: 160,
  legalComments: 'none',
  sourcemap: 'linked',
  logLevel: 'warning',
  plugins: [
    {
      name: 'places',
      setup(house) {
        // Zod's words in fifty languages are a third of its text; our own refusals have their texts.
        house.onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({
          contents: "export { default as en } from './en.js'",
        }))
        house.onLoad({ filter: /\/(shared|hardware|edge)\/src\/.*\.ts$/ }, ({ path }) => {
          const contents = placed(path)
          return contents === undefined ? undefined : { contents, loader: 'ts' }
        })
      },
    },
  ],
})
