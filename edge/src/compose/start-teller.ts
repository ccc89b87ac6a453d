import { minutes, seconds } from '@baari/shared/units/time'
import type { StationView } from '@baari/shared/contracts/live/station-view'
import type { Clock } from '@baari/shared/runtime/clock'
import { repeatTask } from '../app/repeat-task.ts'
import { changedState, stateOfView } from '../app/sync/state-of-view.ts'
import type { Log } from '../ports/log.ts'
import type { NodeLedger } from './start-ledger.ts'

export type StartTeller = {
  readonly ledger: NodeLedger
  readonly clock: Clock
  readonly log: Log
  readonly readView: () => Promise<StationView>
  readonly uplinkState: () => string
  readonly reserveFree: () => boolean
}

/**
 * Tells the cloud how the station stands: what changed in the last ten seconds, and every hour
 * which alarms nobody raised any more.
 */
export function startTeller(parts: StartTeller): { stop(): void } {
  const { ledger, readView, uplinkState, reserveFree } = parts
  const told = new Map<string, string>()
  const state = repeatTask(parts, {
    name: 'state told',
    every: seconds(10),
    async run() {
      const view = await readView()
      const signs = { view, uplink: uplinkState(), diskReserveFree: reserveFree() }
      const before = new Map(told)
      const changes = changedState(told, stateOfView(signs))
      if (changes.length === 0) return
      try {
        await ledger.run('state.keep', { changes })
      } catch (error) {
        // Not kept, so not told: the next round finds the same changes.
        for (const { key } of changes) told.set(key, before.get(key) ?? '')
        throw error
      }
    },
  })
  const alarms = repeatTask(parts, {
    name: 'alarms swept',
    every: minutes(10),
    run: () => ledger.run('alarm.sweep', {}),
  })
  return {
    stop() {
      state.stop()
      alarms.stop()
    },
  }
}
