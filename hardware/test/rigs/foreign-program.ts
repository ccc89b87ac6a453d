import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from './eventually.ts'

/** Reason to skip a test that needs a program of Debian; null when it is installed. */
export function missingProgram(program: string, aptPackage: string): string | null {
  const found = spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
  return found ? null : `${program} is missing: apt-get install -y ${aptPackage}`
}

/** A process we started and end by its own id. */
export type Running = {
  readonly child: ChildProcess
  readonly output: () => string
  readonly end: (signal?: NodeJS.Signals) => Promise<void>
}

export function run(program: string, args: readonly string[]): Running {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-16_384)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  return {
    child,
    output: () => output,
    end: async (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      await exited
    },
  }
}

/** A folder that is removed with everything in it. */
export function scratchFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'baari-hardware-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Two joined ptys under fresh names: bytes left by an earlier master would shift every answer. */
export async function joinPtys(folder: string): Promise<{
  readonly near: string
  readonly far: string
  readonly socat: Running
}> {
  const near = join(folder, 'near')
  const far = join(folder, 'far')
  const socat = run('socat', [`pty,raw,echo=0,link=${near}`, `pty,raw,echo=0,link=${far}`])
  await eventually(() => existsSync(near) && existsSync(far), `ptys: ${socat.output()}`)
  return { near, far, socat }
}
