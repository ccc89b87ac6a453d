import type { PublicBoard } from '@baari/shared/contracts/live/public-board'
import type {
  PositionView,
  StationView,
  TicketView,
} from '@baari/shared/contracts/live/station-view'
import { expectedFill, expectedFillPercent } from '@baari/shared/domain/slots/expected-fill'
import { usualFill } from '@baari/shared/domain/slots/usual-fill'
import type { Grams } from '@baari/shared/units/mass'
import type { VehicleClass } from '@baari/shared/units/names'

const nextShown = 6
/** Nine of ten vehicles are one of these (lanes.md section 4). */
const toldClasses = ['auto', 'car'] as const

/** The attendant's picture without what concerns nobody in the line: plates, people, money. */
export function publicBoardOf(view: StationView): PublicBoard {
  const { positions, counts, rule, walkInWait, shift } = view
  const expected = toldClasses.flatMap((vehicleClass) => {
    const expects = usualFillAt(view.gas, vehicleClass)
    return expects === null ? [] : { vehicleClass, grams: expects }
  })
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
    gas: expected.length > 0 ? 'low' : 'good',
    expected,
    cutUntilMs: view.cutUntilMs,
  }
}

/** What a usual fill of the class gives at the bank's pressure; null when it is the whole. */
export function usualFillAt(gas: StationView['gas'], vehicleClass: VehicleClass): Grams | null {
  const bank = gas?.bankMbar ?? null
  return expectedFill(usualFill[vehicleClass], bank === null ? null : expectedFillPercent(bank))
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
