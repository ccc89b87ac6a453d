import type { LaneNo, PositionNo, TicketId } from '@baari/shared/units/names'
import type { Turns } from '../desk/forecourt.ts'

export type LaneGateParts = {
  readonly laneOf: (position: PositionNo) => LaneNo | undefined
  readonly open: (lane: LaneNo) => void
  readonly close: (lane: LaneNo) => void
}

export type LaneGate = Turns & {
  /** A scan let this vehicle into the lane. */
  readonly admitted: (ticket: TicketId, lane: LaneNo) => void
}

/** Admitted vehicles that were not called yet; far more than a forecourt holds. */
const admittedMax = 500

/**
 * When a lane's barrier opens: for an admitted scan, and for a call, once each; a vehicle that its
 * scan has let into the lane needs no second opening, which would let in the next one uncalled. A
 * call told again is the same call. What is undone closes the barrier, as long as nobody was let
 * in after it; whether the boom may move decides its driver (X04).
 */
export function laneGate({ laneOf, open, close }: LaneGateParts): LaneGate {
  const calledTo = new Map<PositionNo, TicketId>()
  const letIn = new Map<TicketId, LaneNo>()
  const lastIn = new Map<LaneNo, TicketId>()

  function openFor(ticket: TicketId, lane: LaneNo): void {
    lastIn.set(lane, ticket)
    open(lane)
  }

  function isCalledInto(lane: LaneNo, ticket: TicketId): boolean {
    return [...calledTo].some(([position, one]) => one === ticket && laneOf(position) === lane)
  }

  return {
    admitted(ticket, lane) {
      if (letIn.get(ticket) === lane || isCalledInto(lane, ticket)) return
      letIn.set(ticket, lane)
      const [oldest] = letIn.keys()
      if (letIn.size > admittedMax && oldest !== undefined) letIn.delete(oldest)
      openFor(ticket, lane)
    },
    called({ ticket, position }) {
      if (calledTo.get(position) === ticket) return
      calledTo.set(position, ticket)
      const lane = laneOf(position)
      const isIn = letIn.get(ticket) === lane
      letIn.delete(ticket)
      if (lane !== undefined && !isIn) openFor(ticket, lane)
    },
    released(ticket) {
      letIn.delete(ticket)
      for (const [position, one] of calledTo) if (one === ticket) calledTo.delete(position)
      for (const [lane, one] of lastIn) {
        if (one !== ticket) continue
        lastIn.delete(lane)
        close(lane)
      }
    },
  }
}
