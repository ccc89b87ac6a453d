import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { run } from './processes.mjs'
import { below } from './root.mjs'
import { say, Stop } from './say.mjs'

const stampFile = () => below('node_modules/.baari-packages')
const nativeBinding = () => below('node_modules/better-sqlite3/build/Release/better_sqlite3.node')
const json = (path) => JSON.parse(readFileSync(path, 'utf8'))

/** What an installation depends on: the lock, and the binary interface native parts are built for. */
function wantedStamp() {
  const lock = createHash('sha256')
    .update(readFileSync(below('package-lock.json')))
    .digest('hex')
  return `${lock} ${process.platform}-${process.arch} abi ${process.versions.modules}`
}

/**
 * Whether a folder installed by hand already holds what the lock asks for, so that a developer
 * who has just run `npm install` does not install twice.
 */
async function alreadyInstalled() {
  const hidden = below('node_modules/.package-lock.json')
  if (!existsSync(hidden) || !existsSync(nativeBinding())) return false
  const have = json(hidden).packages
  const wanted = Object.entries(json(below('package-lock.json')).packages)
  const all = wanted.every(([path, { version, link, optional, devOptional, peer }]) => {
    if (path === '' || !path.includes('node_modules/') || link) return true
    if (have[path] === undefined) return Boolean(optional || devOptional || peer)
    return have[path].version === version
  })
  if (!all) return false
  const probe = `new (require(${JSON.stringify(below('node_modules/better-sqlite3'))}))(':memory:')`
  return (await run(process.execPath, ['-e', probe], { quiet: true })).code === 0
}

/** The environment that keeps every install step on this machine and the npm registry. */
function installEnvironment() {
  const prefix = dirname(dirname(process.execPath))
  const headers = existsSync(join(prefix, 'include/node/node.h'))
  if (!headers)
    say(`no Node headers below ${prefix}; compiling SQLite may need to fetch them from nodejs.org.`)
  return {
    ...process.env,
    ...(headers ? { npm_config_nodedir: prefix } : {}),
    // By name, because `true` would also recompile packages that ship their own binaries.
    npm_config_build_from_source: 'better-sqlite3',
    ONNXRUNTIME_NODE_INSTALL: 'skip',
    npm_config_update_notifier: 'false',
  }
}

/** The npm beside us: `npm run` names its own program, which need not be the one on PATH. */
function npm(args, options) {
  const own = process.env.npm_execpath
  return own?.endsWith('npm-cli.js')
    ? run(process.execPath, [own, ...args], options)
    : run('npm', args, options)
}

/** Makes `node_modules` hold what `package-lock.json` says. Does nothing when it already does. */
export async function installPackages() {
  const stamp = wantedStamp()
  if (existsSync(stampFile()) && readFileSync(stampFile(), 'utf8') === stamp) return
  if (!(await alreadyInstalled())) {
    const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
    const env = installEnvironment()
    say('installing packages (a few minutes the first time: SQLite is compiled here)')
    const first = await npm(args, { env, quiet: true })
    if (first.code !== 0) {
      say('npm ci failed; trying once more')
      const second = await npm(args, { env })
      if (second.code !== 0) throw new Stop('npm ci failed twice; its messages stand above.')
    }
  }
  writeFileSync(stampFile(), stamp)
}

/** Whether the packages were installed for this lock and this Node, without installing. */
export const packagesReady = () =>
  existsSync(stampFile()) && readFileSync(stampFile(), 'utf8') === wantedStamp()
