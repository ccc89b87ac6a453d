import { spawn, type ChildProcess } from 'node:child_process'
import {
  createWriteStream,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  type WriteStream,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { typeScriptArguments } from '../../bootstrap/node-version.mjs'
import { SetupError } from '../setup-error.ts'
import { forgetPart, rememberPart } from './leftovers.ts'

export type PartOptions = {
  readonly name: string
  /** Entry from the root of the clone: TypeScript, or JavaScript of a build. */
  readonly entry: string
  /** What Node is told beside; what runs TypeScript where nothing is said. */
  readonly nodeArguments?: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly logFolder: string
  /** Where running parts are remembered, for a start after the world itself was killed. */
  readonly pidFolder: string
  /** Resolves when the part can be used; asked until it answers true. */
  readonly ready: () => Promise<boolean>
  /** Told when the part ended by itself and is started again. */
  readonly onRestart: (message: string) => void
}

export type Part = {
  readonly name: string
  readonly pid: () => number | undefined
  stop(): Promise<void>
}

const root = resolve(import.meta.dirname, '../../..')
const startPatienceMs = 60_000
const stopPatienceMs = 10_000
const askAgainMs = 50
const logBytesMax = 20 * 1024 * 1024
const restartsInARow = 5
const restartPauseMs = 1_000

/**
 * One process of the world. A part that dies is started again, as a service manager would do at a
 * station, so that a kill can be watched; one that dies five times in a row ends the world.
 */
export async function startPart(options: PartOptions): Promise<Part> {
  let stopping = false
  let deaths = 0
  let child = launch()

  function launch(): ChildProcess {
    const started = spawnPart(options)
    started.once('exit', (code, signal) => {
      if (!stopping) void revive(code ?? signal)
    })
    return started
  }
  async function revive(how: number | string | null): Promise<void> {
    deaths += 1
    options.onRestart(`${options.name} ended (${String(how)}), starting it again`)
    await sleep(restartPauseMs)
    if (stopping || deaths > restartsInARow) return
    child = launch()
    if (await becomesReady(options, child)) deaths = 0
  }

  if (!(await becomesReady(options, child))) {
    stopping = true
    await end(child)
    throw new SetupError(`${options.name} did not start; its last words:\n${lastWords(options)}`)
  }
  return {
    name: options.name,
    pid: () => child.pid,
    async stop() {
      stopping = true
      await end(child)
      forgetPart(options.pidFolder, options.name)
    },
  }
}

function spawnPart({ entry, env, name, logFolder, pidFolder, ...rest }: PartOptions): ChildProcess {
  const nodeArguments = rest.nodeArguments ?? typeScriptArguments()
  const log = openLog(join(logFolder, `${name}.log`))
  const child = spawn(process.execPath, [...nodeArguments, join(root, entry)], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C reaches the world alone, which then ends its parts in order.
    detached: true,
  })
  if (child.pid !== undefined) rememberPart(pidFolder, name, child.pid)
  child.stdout.pipe(log, { end: false })
  child.stderr.pipe(log, { end: false })
  child.once('close', () => log.end())
  return child
}

function openLog(path: string): WriteStream {
  mkdirSync(dirname(path), { recursive: true })
  try {
    if (statSync(path).size > logBytesMax) renameSync(path, `${path}.1`)
  } catch {
    // No log yet.
  }
  return createWriteStream(path, { flags: 'a' })
}

async function becomesReady({ ready }: PartOptions, child: ChildProcess): Promise<boolean> {
  const limit = performance.now() + startPatienceMs
  while (performance.now() < limit) {
    if (child.exitCode !== null || child.signalCode !== null) return false
    if (await ready().catch(() => false)) return true
    await sleep(askAgainMs)
  }
  return false
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((done) => child.once('exit', () => done()))
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), stopPatienceMs)
  await gone
  clearTimeout(late)
}

function lastWords({ name, logFolder }: PartOptions): string {
  const lines = readFileSync(join(logFolder, `${name}.log`), 'utf8')
    .trimEnd()
    .split('\n')
  return lines.slice(-12).join('\n')
}

/** True when a GET answers 2xx. */
export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) })
  await response.body?.cancel()
  return response.ok
}
