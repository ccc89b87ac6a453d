import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../../..')

export type Child = {
  readonly process: ChildProcess
  output(): string
  /** Resolves with the first group of the pattern once the output holds it. */
  said(pattern: RegExp, withinMs?: number): Promise<string>
  /** Signals and waits for the end; answers the exit code, null after a kill. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

/** A TypeScript program of ours as its own process, from the root of the project. */
export function startProgram(script: string, env: Readonly<Record<string, string>>): Child {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, script)], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const keep = (bytes: Buffer): void => void (output = (output + bytes.toString()).slice(-65_536))
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return {
    process: child,
    output: () => output,
    async said(pattern, withinMs = 60_000) {
      await eventually(
        () => {
          if (child.exitCode !== null && !pattern.test(output))
            throw new Error(`${script} ended with ${child.exitCode}: ${output}`)
          return pattern.test(output)
        },
        { what: `${script} to say ${pattern}`, withinMs },
      )
      return pattern.exec(output)?.[1] ?? ''
    },
    end(signal) {
      child.kill(signal)
      return ended
    },
  }
}

type Patience = { readonly what: string; readonly withinMs?: number }

/** Waits on a condition, asked every 20 ms, with a bound that a slow machine does not reach. */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  { what, withinMs = 60_000 }: Patience,
): Promise<NonNullable<T>> {
  const until = performance.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (performance.now() > until) throw new Error(`waited ${withinMs} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
