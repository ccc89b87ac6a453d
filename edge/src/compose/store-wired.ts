import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { seconds } from '@baari/shared/units/time'
import { repeatTask } from '../app/repeat-task.ts'
import { WiredRecords } from '../app/telemetry/wired-records.ts'
import type { Log } from '../ports/log.ts'
import type { StationPlan } from '../ports/station-plan.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import type { Station } from './start-station.ts'

const bootBytes = 8

/** What the node reads by wire goes the way of every other reading. */
export function storeWired(parts: {
  readonly plan: Pick<StationPlan, 'station'>
  readonly clock: Clock
  readonly log: Log
  readonly ids: IdSource
  readonly telemetry: Pick<Telemetry, 'store'>
  readonly station: Pick<Station, 'wiredReadings'>
}): { stop(): void } {
  const { plan, clock, ids, telemetry, station } = parts
  const wired = new WiredRecords({
    ...{ clock, telemetry, readings: station.wiredReadings },
    stationId: plan.station.id,
    boot: ids.hex(bootBytes),
  })
  const run = (): Promise<void> => wired.look()
  return repeatTask(parts, { name: 'wired readings stored', every: seconds(1), run })
}
