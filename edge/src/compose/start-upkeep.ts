import type { Clock } from '@baari/shared/runtime/clock'
import { hours, minutes, seconds } from '@baari/shared/units/time'
import { repeatTask } from '../app/repeat-task.ts'
import { signDelays, type StationSeal } from '../app/station/sign-delays.ts'
import type { Forecourt } from '../app/desk/forecourt.ts'
import type { Live } from '../ports/live.ts'
import type { Log } from '../ports/log.ts'
import type { NodeLedger } from './start-ledger.ts'

export type StartUpkeep = {
  readonly ledger: NodeLedger
  readonly forecourt: Forecourt
  readonly live: Live
  readonly clock: Clock
  readonly log: Log
  readonly linkUp: () => boolean
  readonly seal: StationSeal
}

/**
 * What happens without anybody asking: the rule after every change of a position and every five
 * seconds, no-shows, retention, and the link on the screens when it broke or came back. A round that is still running is not started twice.
 */
export function startUpkeep(parts: StartUpkeep): { stop(): void } {
  const { ledger, forecourt, live, linkUp } = parts
  const dispatch = repeatTask(parts, {
    name: 'queue.dispatch',
    every: seconds(5),
    async run() {
      const { calls } = await ledger.run('queue.dispatch', { positions: forecourt.facts() })
      forecourt.carryOut(calls)
    },
  })
  const sweep = repeatTask(parts, {
    name: 'booking.sweepNoShows',
    every: minutes(1),
    run: () => ledger.run('booking.sweepNoShows', {}),
  })
  const retention = repeatTask(parts, {
    name: 'retention.run',
    every: hours(1),
    run: () => ledger.run('retention.run', {}),
  })
  const seal = repeatTask(parts, {
    name: 'delay.sign',
    every: seconds(5),
    run: () => signDelays(ledger, parts.seal),
  })
  let shownUp = linkUp()
  const link = repeatTask(parts, {
    name: 'link shown',
    every: seconds(1),
    run() {
      if (shownUp !== linkUp()) live.changed()
      shownUp = linkUp()
      return Promise.resolve()
    },
  })
  const unsubscribe = [
    ledger.onCommit(() => live.changed()),
    forecourt.onFlow(() => live.changed()),
    forecourt.onChange(() => {
      live.changed()
      dispatch.now()
    }),
  ]
  return {
    stop() {
      for (const call of unsubscribe) call()
      for (const task of [dispatch, sweep, retention, seal, link]) task.stop()
    },
  }
}
