import type { PublicBoard } from '@baari/shared/contracts/live/public-board'
import type {
  PositionView,
  StationView,
  TicketView,
} from '@baari/shared/contracts/live/station-view'

const nextShown = 6
/** Below 180 bar a driver is told that the cylinder may not get full (the same edge as at a sale). */
const lowBankMbar = 180_000

/** The attendant's picture without what concerns nobody in the line: plates, people, money. */
export function publicBoardOf(view: StationView): PublicBoard {
  const { positions, counts, rule, walkInWait, shift, gas } = view
  return {
    atMs: view.atMs,
    station: view.station.name,
    open: shift !== null,
    called: positions.flatMap(calledAt).sort((a, b) => b.atMs - a.atMs),
    positions: positions.map(({ no, state, mode, ticket, staged }) => ({
      ...{ no, mode, state: shownState(state) },
      at: ticket && shown(ticket),
      staged: staged && shown(staged),
    })),
    next: view.next.slice(0, nextShown).map(shown),
    waiting: { booked: counts.booked, walkIns: counts.walkIns },
    walkInWait: positions.some(({ state }) => shownState(state) !== 'out') ? walkInWait : null,
    limit: rule.limit,
    gas: (gas?.bankMbar ?? lowBankMbar) < lowBankMbar ? 'low' : 'good',
  }
}

function calledAt({ no, ticket, calledAtMs }: PositionView): PublicBoard['called'] {
  if (ticket === null || calledAtMs === null) return []
  return [{ ...shown(ticket), position: no, atMs: calledAtMs }]
}

function shown({ label, kind }: TicketView): PublicBoard['next'][number] {
  return { label, kind }
}

function shownState(state: PositionView['state']): PublicBoard['positions'][number]['state'] {
  switch (state) {
    case 'free':
      return 'free'
    case 'called':
    case 'ready':
      return 'called'
    case 'authorised':
    case 'filling':
    case 'finishing':
      return 'filling'
    case 'fault':
    case 'offline':
    case 'closed':
      return 'out'
  }
}
