import { join } from 'node:path'
import { startTelemetryThread } from '@baari/edge/adapters/telemetry/telemetry-thread'
import { systemClock } from '@baari/edge/adapters/system/system-clock'
import { startInlet } from '@baari/edge/compose/start-inlet'
import { stationNo } from '@baari/shared/units/names'
import type { InletReply } from './telemetry-messages.ts'

/**
 * The node's inlet as the node composes it, with the limits of the node, over the real telemetry
 * thread and a real file: an acknowledged reading is in SQLite.
 */
const folder = process.env['BENCH_FOLDER'] ?? ''
/** Beyond what a run can fill. */
const mostBytes = 16 * 1024 ** 3

const telemetry = startTelemetryThread(
  { path: join(folder, 'telemetry.db'), mostBytes, station: stationNo(1) },
  systemClock,
)
const inlet = await startInlet({
  at: { host: '127.0.0.1', port: 0, secure: null },
  stationId: 's1',
  telemetry,
  onWord: () => undefined,
  clock: systemClock,
  alarms: {
    raise: (alarm) => console.error('alarm', alarm.code, alarm.subject, alarm.detail),
    clear: () => undefined,
  },
  metrics: {
    ...{ scanned: () => undefined, commandTook: () => undefined, commandFailed: () => undefined },
    ...{ turnedAway: () => undefined, screens: () => undefined, screenDropped: () => undefined },
    ...{ readingsStored: () => undefined, gauge: () => undefined },
    notAuthorised: () => undefined,
  },
})

function say(reply: InletReply): void {
  process.send?.(reply)
}

// A bench that failed leaves nobody behind.
process.on('disconnect', () => process.exit())
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  const residentBytes = process.memoryUsage.rss()
  say({ kind: 'used', cpuMs: (user + system) / 1000, residentBytes })
})
if (inlet.ok) say({ kind: 'ready', port: inlet.value.port })
else say({ kind: 'failed', reason: inlet.error })
