import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Grams } from '@baari/shared/units/mass'
import type { PaisePerKg } from '@baari/shared/units/money'
import { commandId, fillId, type TicketId } from '@baari/shared/units/names'
import { after, type Millis } from '@baari/shared/units/time'
import { fillLimit } from '../../domain/fill/fill-limit.ts'
import { decideFill } from '../../domain/fill/fill-rules.ts'
import type { FillTerms, Intent } from '../../domain/fill/fill-states.ts'
import type { NozzleKey } from '../../domain/position/nozzle.ts'
import { openConditions } from '../../domain/safety/authorise-conditions.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { Ticket } from '../../ports/tickets.ts'
import { authoriseFacts, type FactsAtPosition } from './authorise-facts.ts'
import { loadPlace, readingNow, type FillPlace, type FillTx } from './fill-place.ts'
import { storeDecision, type Stored } from './store-decision.ts'
import { labelOf } from '../ticket/ticket-view.ts'

export type ReserveInput = {
  readonly key: NozzleKey
  readonly ticket: TicketId
  /** What the attendant asked for; null fills up to the class's ceiling. */
  readonly askedGrams: Grams | null
  readonly facts: FactsAtPosition
  /** The totaliser read before the authorise, with the device's own text of it. */
  readonly totaliserGrams: Grams
  readonly raw: string | null
  readonly deviceSequence: number | null
  readonly deviceBoot: number | null
  /** How long the device may hold the authorisation before it is taken back. */
  readonly authoriseWithinMs: Millis
}

type Scope = { readonly tx: FillTx; readonly context: CommandContext }

/**
 * `fill.reserve`: checks every condition of an authorise, fixes the price, and writes the reserve
 * and the intent row. Only after its commit is durable the one `authorise` effect is carried out.
 */
export function reserveFill(
  tx: FillTx,
  input: ReserveInput,
  context: CommandContext,
): Result<Stored, Refusal> {
  const scope = { tx, context }
  const place = loadPlace(tx.fills, input.key)
  const ticket = tx.tickets.byId(input.ticket)
  if (ticket === undefined) return err(refusal('ticket_unknown'))
  const no = refusalOf(scope, place, { ticket, input })
  if (no !== null) return err(no)
  const price = tx.tariffs.priceAt(context.now.at)
  if (price === undefined) return err(refusal('position_unavailable', { condition: 'price' }))
  const terms = termsOf(context, { ticket, input, price })
  const reserved = decideFill(place.state, { kind: 'reserve', terms }, place.limits)
  storeDecision(scope, place, {
    decision: reserved,
    totaliserGrams: null,
    raw: null,
    label: labelOf(ticket),
  })
  return ok(authorise(scope, input))
}

function refusalOf(
  scope: Scope,
  place: FillPlace,
  { ticket, input }: { readonly ticket: Ticket; readonly input: ReserveInput },
): Refusal | null {
  if (!ticket.nozzles.includes(place.record.setup.type)) {
    return refusal('position_unavailable', { condition: 'nozzle' })
  }
  const open = openConditions(authoriseFacts(scope, place, { ticket, at: input.facts }))
  return open[0]?.refusal ?? null
}

function termsOf(
  { ids }: CommandContext,
  {
    ticket,
    input,
    price,
  }: { readonly ticket: Ticket; readonly input: ReserveInput; readonly price: PaisePerKg },
): FillTerms {
  const { booking, useNo } = ticket
  return {
    ...input.key,
    fill: fillId(ids.uuid()),
    ticket: ticket.id,
    use: booking === null || useNo === null ? null : { booking, useNo },
    limitGrams: fillLimit(ticket.vehicleClass, input.askedGrams),
    pricePaisePerKg: price,
  }
}

/** The second half in the same transaction: a reserve without its intent never becomes durable. */
function authorise({ tx, context }: Scope, input: ReserveInput): Stored {
  const place = loadPlace(tx.fills, input.key)
  const { totaliserGrams, raw } = input
  const { now } = context
  const intent: Intent = {
    command: commandId(context.ids.uuid()),
    openingGrams: totaliserGrams,
    deviceSequence: input.deviceSequence,
    deviceBoot: input.deviceBoot,
    boot: tx.fills.boot,
    expiresAt: after(now.at, input.authoriseWithinMs),
  }
  const reading = readingNow(tx.fills, place.record.last, { totaliserGrams, now })
  const decision = decideFill(place.state, { kind: 'authorise', intent, reading }, place.limits)
  return storeDecision({ tx, context }, place, { decision, totaliserGrams, raw })
}
