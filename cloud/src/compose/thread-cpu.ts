import { readFileSync } from 'node:fs'

/** Linux counts a thread's time in hundredths of a second (USER_HZ). */
const tickMs = 10
/** Places of utime and stime behind the name in parentheses (proc_pid_stat(5)). */
const [userPlace, systemPlace] = [11, 12]

/**
 * Time of the processor this thread has used, in milliseconds: by Node where it knows (22.19, 24),
 * otherwise by the kernel's book, and on other systems by the clock, which counts too much.
 */
export function threadCpuMs(): number {
  const known: unknown = Reflect.get(process, 'threadCpuUsage')
  if (typeof known === 'function') {
    const { user, system } = process.threadCpuUsage()
    return (user + system) / 1_000
  }
  return kernelCpuMs() ?? performance.now()
}

function kernelCpuMs(): number | undefined {
  try {
    const line = readFileSync('/proc/thread-self/stat', 'utf8')
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
    const ticks = Number(fields[userPlace]) + Number(fields[systemPlace])
    return Number.isFinite(ticks) ? ticks * tickMs : undefined
  } catch {
    return undefined
  }
}
