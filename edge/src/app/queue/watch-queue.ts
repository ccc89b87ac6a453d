import { idleWithQueue } from '@baari/shared/contracts/sync/stream-ops'
import type { DispatchState, Moment, Vehicle } from '@baari/shared/domain/dispatch/dispatch-state'
import { watchIdle, type IdlePosition } from '@baari/shared/domain/dispatch/idle-watch'
import { adviseLanes, isAdviceDue, type LaneNeed } from '@baari/shared/domain/dispatch/lane-mode'
import { queueOf } from '@baari/shared/domain/dispatch/queue-order'
import type { ClassMinutes } from '@baari/shared/domain/slots/class-minutes'
import type { PositionNo } from '@baari/shared/units/names'
import { after, millis, minutes, type Millis } from '@baari/shared/units/time'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { QueueWatch } from '../../ports/queue-store.ts'
import { clearAlarm, raiseAlarm } from '../sync/alarm-commands.ts'
import { loadQueue, momentOf } from './queue-state.ts'

type Tx = Pick<LedgerTx, 'queue' | 'station' | 'serviceTimes' | 'bookings' | 'alarms' | 'outbox'>

/**
 * After a round of the rule: positions that stand idle while somebody waits, with their alarms in
 * the same transaction, and what the lane signs say. Nothing is written when nothing changed.
 */
export function watchQueue(tx: Tx, context: CommandContext): void {
  const moment = momentOf(tx, context.now.at)
  const state = loadQueue(tx)
  const before = tx.queue.watch()
  const { idle, raised, cleared } = watchIdle(before.idle, state, moment)
  for (const position of raised) raise(tx, position, context)
  for (const position of cleared) clearAlarm(tx, alarmOf(position), context)
  const lanes = isAdviceDue(before.lanes, moment.now)
    ? adviseLanes(before.lanes, laneNeed(tx, state, moment), moment.now)
    : before.lanes
  const now: QueueWatch = { idle: sameIdle(before.idle, idle) ? before.idle : idle, lanes }
  if (now.idle !== before.idle || lanes !== before.lanes) tx.queue.saveWatch(now)
}

function alarmOf(position: PositionNo) {
  return { source: 'position', code: idleWithQueue, subject: `position ${position}` } as const
}

function raise(tx: Tx, position: PositionNo, context: CommandContext): void {
  const waiting = loadQueue(tx).vehicles.filter(({ place }) => place.kind === 'waiting').length
  raiseAlarm(tx, { ...alarmOf(position), detail: `${waiting} waiting` }, context)
}

function sameIdle(before: readonly IdlePosition[], now: readonly IdlePosition[]): boolean {
  return JSON.stringify(before) === JSON.stringify(now)
}

const ahead = minutes(5)

function laneNeed(tx: Tx, state: DispatchState, { now, config }: Moment): LaneNeed {
  const times = tx.serviceTimes.classMinutes()
  const waiting = state.vehicles.filter(
    (one) => one.place.kind === 'waiting' && queueOf(one, now, config) === 'booked',
  )
  const coming = tx.bookings.expected(now, after(now, ahead))
  return {
    bookedWaiting: waiting.length,
    meanService: meanService(waiting, times),
    expectedWork: work(coming.map(({ vehicle_class }) => times[vehicle_class])),
    openLanes: state.positions.filter(({ service }) => service === 'open').length,
  }
}

/** Of those who wait; without them it is asked for nothing. */
function meanService(waiting: readonly Vehicle[], times: ClassMinutes): Millis {
  const all = work(waiting.map(({ vehicleClass }) => times[vehicleClass]))
  return millis(Math.round(all / Math.max(1, waiting.length)))
}

/** A milli-minute is 60 ms. */
function work(milliMinutes: readonly number[]): Millis {
  return millis(milliMinutes.reduce((sum, one) => sum + one * 60, 0))
}
