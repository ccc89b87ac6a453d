import type { CommandContext } from '@baari/edge/ports/ledger'
import type { LedgerTx } from '@baari/edge/ports/ledger-tx'
import { amountFor, paisePerKg } from '@baari/shared/units/money'
import { grams } from '@baari/shared/units/mass'
import { attendantId, fillId, positionNo, ticketId } from '@baari/shared/units/names'

const nobody = '00000000-0000-7000-8000-0000000000a0'

/**
 * Fills as the station ends them, rows and ops in one transaction: every fifth is voided, every
 * seventh disputed, the rest settled and paid.
 */
export function sellFills(
  tx: LedgerTx,
  { count }: { readonly count: number },
  { ids, now }: CommandContext,
): readonly string[] {
  let total = 1_000_000
  return Array.from({ length: count }, (_, n) => {
    const id = fillId(ids.uuid())
    const mass = n % 5 === 4 ? 0 : 1_000 + ((n * 137) % 8_900)
    endFill(tx, { id, no: n, openingGrams: total, mass, at: now.at })
    total += mass
    return id
  })
}

type Ending = {
  readonly id: ReturnType<typeof fillId>
  readonly no: number
  readonly openingGrams: number
  readonly mass: number
  readonly at: CommandContext['now']['at']
}

function endFill({ fills, outbox }: LedgerTx, { id, no, openingGrams, mass, at }: Ending): void {
  const position = positionNo(1)
  const entity = { type: 'fill', uuid: id } as const
  const price = paisePerKg(9_137)
  const terms = {
    ...{ fill: id, position, nozzle: 1 as never, ticket: ticketId(nobody), use: null },
    ...{ limitGrams: grams(12_000), pricePaisePerKg: price },
  }
  const span = { openingGrams: grams(openingGrams), latestGrams: grams(openingGrams + mass) }
  const meter = { ...span, deliveredGrams: grams(mass) }
  const piece = {
    id,
    key: { position, nozzle: terms.nozzle },
    label: '',
    startedAt: at,
    endedAt: at,
  }
  const told = {
    position,
    grams: meter.deliveredGrams,
    totaliserBeforeGrams: meter.openingGrams,
    totaliserAfterGrams: meter.latestGrams,
  }
  if (no % 5 === 4) {
    const state = { kind: 'voided', terms, accountedGrams: grams(openingGrams), cause: 'expired' }
    fills.save({ ...piece, state: state as never })
    outbox.append({ kind: 'fill.voided', entity, body: { position, reason: 'expired' } })
    return
  }
  if (no % 7 === 6) {
    fills.save({ ...piece, state: { kind: 'dispute', terms, meter, reason: 'sale-missing' } })
    outbox.append({ kind: 'fill.disputed', entity, body: { ...told, reason: 'sale-missing' } })
    return
  }
  const amountPaise = amountFor(meter.deliveredGrams, price)
  fills.save({ ...piece, state: { kind: 'settled', terms, meter, amountPaise, flag: 'none' } })
  outbox.append({
    kind: 'fill.settled',
    entity,
    body: {
      ...{ ...told, ticket: terms.ticket, booking: null, amountPaise },
      ...{ pricePaisePerKg: price, recovered: false },
    },
  })
  const by = attendantId(nobody)
  fills.addPayment({ fill: id, method: 'cash', amountPaise, by, at })
  outbox.append({
    kind: 'payment.collected',
    entity,
    body: { fill: id, method: 'cash', amountPaise, by },
  })
}
