import type { PositionNo, TicketId } from '../../units/names.ts'
import { occupancies, type DispatchState, type Vehicle } from './dispatch-state.ts'

/** Who shows a token at a position: one ticket, or a fleet group any of whose vehicles may fill. */
export type Shown = { readonly ticket: TicketId } | { readonly group: string }

/** The vehicle called to this position, if the token shown there is its own or its group's. */
export function acceptAtPosition(
  state: DispatchState,
  no: PositionNo,
  shown: Shown,
): TicketId | undefined {
  const vehicle = occupancies(state).get(no)?.at
  if (vehicle === undefined || vehicle.place.kind !== 'called') return undefined
  return matches(vehicle, shown) ? vehicle.ticket : undefined
}

function matches(vehicle: Vehicle, shown: Shown): boolean {
  return 'ticket' in shown ? vehicle.ticket === shown.ticket : vehicle.group === shown.group
}
