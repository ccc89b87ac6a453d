import type { AlarmDesk } from '../../src/ports/alarm-desk.ts'
import type { LogLine } from '../../src/ports/log.ts'
import type { Metrics } from '../../src/ports/metrics.ts'

/** Keeps what would have been logged. */
export function keptLog(): { readonly log: (line: LogLine) => void; readonly lines: LogLine[] } {
  const lines: LogLine[] = []
  return { lines, log: (line) => void lines.push(line) }
}

/** Metrics that only remember how often each was called. */
export function countedMetrics(): {
  readonly metrics: Metrics
  readonly counts: Map<string, number>
} {
  const counts = new Map<string, number>()
  const up = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1)
  return {
    counts,
    metrics: {
      scanned: (verdict) => up(`scan ${verdict}`),
      commandTook: (command) => up(`took ${command}`),
      commandFailed: (command) => up(`failed ${command}`),
      turnedAway: (code) => up(`turned away ${code}`),
      notAuthorised: (reason) => up(`not authorised ${reason}`),
      screens: (count) => counts.set('screens', count),
      screenDropped: () => up('screen dropped'),
      readingsStored: () => up('readings'),
      gauge: ({ name }) => up(`gauge ${name}`),
    },
  }
}

/** For parts whose alarms a test does not look at. */
export const silentAlarms: AlarmDesk = { raise: () => undefined, clear: () => undefined }
