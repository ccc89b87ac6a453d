import { readFileSync } from 'node:fs'

/** A process of Node that does nothing but answer: what any helping process takes. */
function peakBytes() {
  try {
    return 1_024 * Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))[1])
  } catch {
    return 1_024 * process.resourceUsage().maxRSS
  }
}

process.once('disconnect', () => process.exit(1))
process.once('message', () => {
  const { user, system } = process.cpuUsage()
  process.send({ peakBytes: peakBytes(), cpuMs: (user + system) / 1_000 })
})
