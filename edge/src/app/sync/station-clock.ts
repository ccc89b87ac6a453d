import type { Clock } from '@baari/shared/runtime/clock'
import { instant, minutes } from '@baari/shared/units/time'
import {
  learnTime,
  newStationTime,
  stationTimeAt,
  wallErrorMs,
} from '../../domain/sync/station-time.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { StationClock } from '../../ports/station-clock.ts'
import type { SyncCommands } from './sync-commands.ts'

/** Station time of this boot: uncertain until the first exchange with the cloud. */
export function stationClock(clock: Clock): StationClock {
  let time = newStationTime(instant(0))
  const clocks = () => ({ wall: clock.now(), mono: clock.mono() })
  return {
    now: () => stationTimeAt(time, clocks()),
    learn: (told) => void (time = learnTime(time, told)),
    restore: (floor) => void (time = { ...time, floor }),
    wallErrorMs: () => wallErrorMs(time, clocks()),
  }
}

export type FloorDeps = {
  readonly ledger: Pick<Ledger<SyncCommands>, 'run'>
  readonly time: StationClock
  readonly clock: Clock
  readonly onFault: (error: unknown) => void
}

const floorEvery = minutes(1)

/** Takes over the floor of the last boot and writes a new one every minute until stopped. */
export async function keepFloor({
  ledger,
  time,
  clock,
  onFault,
}: FloorDeps): Promise<{ stop(): void }> {
  const { floor } = await ledger.run('time.read', null)
  time.restore(floor)
  let cancel = (): void => undefined
  const write = (): void => {
    const { at, trusted } = time.now()
    ledger.run('time.floor', { floor: at, trusted }).catch(onFault)
    cancel = clock.after('time floor', floorEvery, write)
  }
  cancel = clock.after('time floor', floorEvery, write)
  return { stop: () => cancel() }
}
