import { readFileSync } from 'node:fs'

/**
 * The most that was resident of this process since it began, bytes. Linux keeps it by address space;
 * what `getrusage` tells begins with the size of whoever started the process.
 */
export function peakBytes(): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    if (kilobytes !== undefined) return 1_024 * Number(kilobytes)
  } catch {
    // Not Linux.
  }
  return 1_024 * process.resourceUsage().maxRSS
}
