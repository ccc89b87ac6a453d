import {
  newDispatchState,
  type DispatchState,
  type Moment,
} from '@baari/shared/domain/dispatch/dispatch-state'
import { nextCall } from '@baari/shared/domain/dispatch/next-call'
import { leaveQueue } from '@baari/shared/domain/dispatch/position-events'
import { positionNo, type TicketId } from '@baari/shared/units/names'
import { nozzleTypes } from '@baari/shared/units/names'

const shownMax = 12

/**
 * Who comes next if nobody else arrives: the rule itself, asked again and again for one position
 * that takes every nozzle type. Vehicles already called are not among them.
 */
export function callingOrder(queue: DispatchState, { now, config }: Moment): readonly TicketId[] {
  const any = { no: positionNo(1), nozzles: nozzleTypes, service: 'open' } as const
  const vehicles = queue.vehicles.filter(({ place }) => place.kind === 'waiting')
  let state: DispatchState = { ...newDispatchState([any]), vehicles, streaks: queue.streaks }
  const order: TicketId[] = []
  while (order.length < shownMax) {
    const { state: called, call } = nextCall(state, now, config)
    if (!call) break
    order.push(call.ticket)
    const left = leaveQueue(called, call.ticket)
    if (!left.ok) break
    state = left.value
  }
  return order
}
