import { readFileSync } from 'node:fs'

/** Fields of `/proc/<pid>/stat` behind the command, which may itself hold spaces and brackets. */
function statFields(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

/** Ticks since boot at which a process started; it tells a process from a later one of its number. */
export function startTicksOf(pid: number): string | undefined {
  return statFields(pid)?.[19]
}

/**
 * Whether a process runs. One that has ended but was not collected by its parent does not: in a
 * container whose first process collects nobody, it would stay for ever.
 */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return statFields(pid)?.[0] !== 'Z'
}
