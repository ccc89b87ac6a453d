import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { alive } from './process-life.ts'

/** How long each signal gets: a fast shutdown writes a checkpoint, an immediate one nothing. */
const signals = [
  { signal: 'SIGINT', patienceMs: 30_000 },
  { signal: 'SIGQUIT', patienceMs: 10_000 },
  { signal: 'SIGKILL', patienceMs: 10_000 },
] as const
const lookAgainMs = 20

/** A postmaster works inside its data folder; a stranger that got its number does not. */
function servesFolder(pid: number, dataFolder: string): boolean {
  try {
    if (existsSync('/proc/self')) {
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataFolder)
    }
    const command = execFileSync('ps', ['-o', 'command=', '-p', String(pid)]).toString()
    return command.includes('postgres') && command.includes(dataFolder)
  } catch {
    return false
  }
}

/** What a server writes about itself: its process, and `ready` once it takes connections. */
export function postmasterFile(
  dataFolder: string,
): { readonly pid: number; readonly ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number.parseInt(lines[0] ?? '', 10), ready: lines[7]?.trim() === 'ready' }
  } catch {
    return undefined
  }
}

/** Ends a server, harder each time; returns when its process is gone. */
export async function endServer(pid: number): Promise<void> {
  for (const { signal, patienceMs } of signals) {
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    for (let waited = 0; waited < patienceMs; waited += lookAgainMs) {
      if (!alive(pid)) return
      await sleep(lookAgainMs)
    }
  }
  throw new Error(`process ${pid} survives SIGKILL`)
}

/**
 * Clears what a killed parent left: a server that still runs on our data folder is stopped, and a
 * `postmaster.pid` without its server is removed, because its number may by now be a stranger's
 * and PostgreSQL would refuse to start.
 */
export async function clearLeftover(dataFolder: string): Promise<void> {
  const left = postmasterFile(dataFolder)
  if (left === undefined) return
  if (Number.isInteger(left.pid) && servesFolder(left.pid, dataFolder)) await endServer(left.pid)
  rmSync(join(dataFolder, 'postmaster.pid'), { force: true })
}
