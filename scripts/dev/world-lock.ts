import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const lockName = 'world.pid'

/** The kernel's start time of a process; it tells a process from a later one with its number. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command, in brackets, may hold spaces: count from behind it. Field 22 is the start time.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (reason) {
    return (reason as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The process that runs a world on this data folder, if one does. */
export function runningWorld(folder: string): number | undefined {
  const path = join(folder, lockName)
  if (!existsSync(path)) return undefined
  const [pidText = '', start = ''] = readFileSync(path, 'utf8').trim().split(' ')
  const pid = Number.parseInt(pidText, 10)
  if (!Number.isInteger(pid) || !alive(pid)) return undefined
  return start === '' || startOf(pid) === start ? pid : undefined
}

/**
 * Claims the data folder for this process until the returned function is called. A claim left by
 * a killed process is taken over.
 * @throws Error naming the process when a world already runs there
 */
export function claimWorld(folder: string): () => void {
  const path = join(folder, lockName)
  const running = runningWorld(folder)
  if (running !== undefined && running !== process.pid) {
    throw new Error(`a world already runs on ${folder} (process ${running})`)
  }
  rmSync(path, { force: true })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, `${process.pid} ${startOf(process.pid) ?? ''}`)
  try {
    // A link fails when another process was faster; a write would not.
    linkSync(draft, path)
  } finally {
    rmSync(draft, { force: true })
  }
  return () => rmSync(path, { force: true })
}
