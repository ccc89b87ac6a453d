import { openSparkplugNode } from '@baari/hardware/northbound/sparkplug-node'
import type { StationView } from '@baari/shared/contracts/live/station-view'
import type { Clock } from '@baari/shared/runtime/clock'
import { seconds } from '@baari/shared/units/time'
import { snapshotOfView } from '../adapters/northbound/snapshot-of-view.ts'
import { repeatTask } from '../app/repeat-task.ts'
import type { Config } from '../config.ts'
import type { AlarmDesk } from '../ports/alarm-desk.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'

export type StartNorthbound = {
  readonly at: NonNullable<Config['sparkplug']>
  readonly stationId: string
  readonly readView: () => Promise<StationView>
  readonly alarms: AlarmDesk
  readonly metrics: Metrics
  readonly clock: Clock
  readonly log: Log
}

/** Shows the station to the operator's Sparkplug host; the station never waits for it. */
export function startNorthbound(parts: StartNorthbound): { stop(): Promise<void> } {
  const { at, stationId, readView, alarms, metrics, clock } = parts
  const node = openSparkplugNode({
    ...at,
    ...{ node: stationId, clock },
    onFault: ({ code, device, hint }) =>
      alarms.raise({ source: 'inlet', code, subject: device, detail: hint }),
  })
  const showing = repeatTask(parts, {
    name: 'station shown',
    every: seconds(2),
    run: async () => node.show(snapshotOfView(await readView())),
  })
  metrics.gauge({
    name: 'baari_sparkplug_messages_total',
    help: 'What the operator’s Sparkplug host was told, by kind.',
    grows: true,
    label: 'kind',
    read: () => ({ ...node.counters() }),
  })
  return {
    async stop() {
      showing.stop()
      await node.close()
    },
  }
}
