import { istDay } from '@baari/shared/units/ist-calendar'
import type { AuthoriseFacts } from '../../domain/safety/interlock-facts.ts'
import type { DayNumber } from '@baari/shared/units/time'
import type { CommandContext } from '../../ports/ledger.ts'
import type { Ticket } from '../../ports/tickets.ts'
import { mayTakeGas } from '../check-in/redeem-use.ts'
import type { FillPlace, FillTx } from './fill-place.ts'

/** What only the control thread can know: sensors, the device, the disk, acts of this minute. */
export type FactsAtPosition = Pick<
  AuthoriseFacts,
  | 'safety'
  | 'tripLatched'
  | 'attendantSignedIn'
  | 'readyAgeMs'
  | 'dispenser'
  | 'configurationVerified'
  | 'diskReserveFree'
>

/** The whole table's facts: the control thread's, completed by what the ledger knows for certain. */
export function authoriseFacts(
  { tx, context }: { readonly tx: FillTx; readonly context: CommandContext },
  place: FillPlace,
  { ticket, at }: { readonly ticket: Ticket; readonly at: FactsAtPosition },
): AuthoriseFacts {
  return {
    ...at,
    ticketCalledHere: ticket.state === 'called' && ticket.position === place.record.setup.position,
    useClaimedByTicket: useOf(tx, ticket),
    plateRecorded: ticket.plate !== null,
    retestDay: retestDayOf(tx, ticket),
    today: istDay(context.now.at),
    openFill: place.piece !== undefined || !restsReady(place),
    meterFrozen: place.record.frozen,
  }
}

function restsReady({ state }: FillPlace): boolean {
  return state.kind === 'idle' || state.kind === 'calling'
}

/** Null for a walk-in; false when the use is not this ticket's, or open at another dispenser. */
function useOf(tx: FillTx, ticket: Ticket): boolean | null {
  const { booking, useNo } = ticket
  if (booking === null || useNo === null) return null
  return mayTakeGas(tx, ticket).ok && !tx.fills.useIsOpen({ booking, useNo })
}

/** A manager's correction outranks the token; else the ticket's date, else the vehicle's record. */
function retestDayOf(tx: FillTx, { plate, retestDay }: Ticket): DayNumber | null {
  const vehicle = plate === null ? undefined : tx.vehicles.byPlate(plate)
  if (vehicle?.corrected === true) return vehicle.retestDay
  return retestDay ?? vehicle?.retestDay ?? null
}
