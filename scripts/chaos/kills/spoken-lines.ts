import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { resolve } from 'node:path'
import { typeScriptArguments } from '../../bootstrap/node-version.mjs'

export type Spoken = { readonly event?: string; readonly [key: string]: unknown }

/** A program of ours in a process of its own that says what it does in JSON lines. */
export type Speaker = {
  readonly pid: number
  readonly lines: readonly Spoken[]
  /** The first line that fits, past or to come; undefined when the process ended or time is over. */
  heard(fits: (line: Spoken) => boolean, withinMs: number): Promise<Spoken | undefined>
  ended: Promise<number | null>
  /** What it wrote to its error stream, for a report. */
  errors(): string
}

const root = resolve(import.meta.dirname, '../../..')
const mostErrors = 4_000

export function startSpeaker(entry: string, env: NodeJS.ProcessEnv): Speaker {
  const child = spawn(process.execPath, [...typeScriptArguments(), entry], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: Spoken[] = []
  const waiting = new Set<(line: Spoken) => void>()
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-mostErrors)
  })
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = parsed(text)
    if (line === undefined) return
    lines.push(line)
    for (const call of waiting) call(line)
  })
  const ended = endOf(child)
  return {
    pid: child.pid ?? 0,
    lines,
    ended,
    errors: () => errors,
    heard: (fits, withinMs) => firstFitting({ lines, waiting, ended }, fits, withinMs),
  }
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on('close', (code) => resolve(code)))
}

function parsed(text: string): Spoken | undefined {
  try {
    return JSON.parse(text) as Spoken
  } catch {
    return undefined
  }
}

function firstFitting(
  from: {
    readonly lines: readonly Spoken[]
    readonly waiting: Set<(line: Spoken) => void>
    readonly ended: Promise<unknown>
  },
  fits: (line: Spoken) => boolean,
  withinMs: number,
): Promise<Spoken | undefined> {
  const known = from.lines.find(fits)
  if (known !== undefined) return Promise.resolve(known)
  return new Promise((resolve) => {
    const done = (line: Spoken | undefined): void => {
      clearTimeout(timer)
      from.waiting.delete(hear)
      resolve(line)
    }
    const hear = (line: Spoken): void => {
      if (fits(line)) done(line)
    }
    const timer = setTimeout(() => done(undefined), withinMs)
    from.waiting.add(hear)
    void from.ended.then(() => done(from.lines.find(fits)))
  })
}
