import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { edgeProgram } from './edge-program.mjs'
import { run } from './processes.mjs'
import { below } from './root.mjs'
import { say, Stop } from './say.mjs'

const stampOf = (name) => below('node_modules/.cache/baari', `${name}.hash`)

/** All files of the paths in a stable order; folders are walked, missing paths count as empty. */
function filesIn(paths) {
  return paths.flatMap((path) => {
    if (!existsSync(below(path))) return []
    if (!statSync(below(path)).isDirectory()) return [path]
    const inside = readdirSync(below(path)).sort()
    return filesIn(inside.map((name) => `${path}/${name}`))
  })
}

function hashOf(paths) {
  const hash = createHash('sha256')
  for (const path of filesIn(paths)) hash.update(`${path}\0`).update(readFileSync(below(path)))
  return hash.digest('hex')
}

/** Builds `product` with `work` when its sources differ from those of the last build. */
async function buildWhenStale({ name, product, sources, work }) {
  const hash = hashOf(sources)
  const stamp = stampOf(name)
  if (existsSync(below(product)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash)
    return
  say(`building ${product}`)
  const { code, output } = await work()
  if (code !== 0) throw new Stop(`building ${product} failed:\n${output}`)
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, hash)
}

const screens = ['edge/kiosk', 'cloud/driver-web', 'cloud/dashboard']

/** Builds the pages of the kiosk and of the driver into their `dist` folders. */
export async function buildScreens() {
  const vite = below('node_modules/vite/bin/vite.js')
  const present = screens.filter((folder) => existsSync(below(folder, 'index.html')))
  await Promise.all(
    present.map((folder) =>
      buildWhenStale({
        name: folder.replace('/', '-'),
        product: `${folder}/dist/index.html`,
        sources: [
          ...['index.html', 'package.json', 'vite.config.ts', 'public', 'src'].map(
            (part) => `${folder}/${part}`,
          ),
          'shared/src',
          'package-lock.json',
        ],
        work: () =>
          run(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
            cwd: below(folder),
            quiet: true,
          }),
      }),
    ),
  )
}

/** Builds the station node as it runs at a station. */
export function buildEdge() {
  return buildWhenStale({
    name: 'edge',
    product: edgeProgram.file,
    sources: [
      ...['edge/src', 'hardware/src', 'shared/src'],
      ...['scripts/release/build-edge.mjs', 'package-lock.json'],
    ],
    work: () => run(process.execPath, [below('scripts/release/build-edge.mjs')], { quiet: true }),
  })
}

/** Where the libraries lie that go under a process for a test, once they are built. */
export const powerCutLibrary = 'out/power-cut.so'
export const clockStepLibrary = 'out/clock-step.so'

const shims = [
  { name: 'power-cut', product: powerCutLibrary },
  { name: 'clock-step', product: clockStepLibrary },
]

const compile = ['-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-pthread']

/** Builds the libraries that cut power and step clocks. Without gcc their tests skip and say so. */
export async function buildShims() {
  if (process.platform !== 'linux') return
  if ((await run('gcc', ['--version'], { quiet: true })).code !== 0) {
    say('no gcc: tests with power cuts and stepped clocks skip')
    return
  }
  mkdirSync(below('out'), { recursive: true })
  for (const { name, product } of shims) {
    const sources = filesIn([`scripts/chaos/${name}`]).filter((path) => /\.[ch]$/.test(path))
    const code = sources.filter((path) => path.endsWith('.c'))
    await buildWhenStale({
      name,
      product,
      sources,
      work: () => run('gcc', [...compile, '-o', product, ...code, '-ldl'], { quiet: true }),
    })
  }
}
