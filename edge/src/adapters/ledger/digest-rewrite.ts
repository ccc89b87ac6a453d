import type { DigestStore } from '../../ports/digests.ts'
import type { WitnessOp } from '@baari/shared/domain/sync/digest-witness'
import type { Sqlite } from './open-database.ts'

type Op<K extends WitnessOp['kind']> = Extract<WitnessOp, { kind: K }>

/**
 * Gives a damaged row what its op told of. Columns and the state beside them are set together, so
 * that lists and decisions go on from the same figures. A row that is gone is not made up again:
 * an op does not say everything a fill was. JSON would keep a number of ours as a float: hence CAST.
 */
export function rewriterOf(sqlite: Sqlite): DigestStore['rewrite'] {
  const ended = sqlite.prepare(
    `UPDATE fill SET state = @state, position = @position, delivered_grams = @grams,
       opening_grams = @before, latest_grams = @after, flag = @flag,
       body = json_set(body, '$.kind', @state, '$.terms.position', CAST(@position AS INTEGER),
         '$.meter.openingGrams', CAST(@before AS INTEGER), '$.meter.latestGrams', CAST(@after AS INTEGER),
         '$.meter.deliveredGrams', CAST(@grams AS INTEGER))
     WHERE id = @id`,
  )
  const sold = sqlite.prepare(
    `UPDATE fill SET amount_paise = @amount, price_paise_per_kg = @price, ticket = @ticket,
       booking = @booking,
       body = json_set(body, '$.amountPaise', CAST(@amount AS INTEGER), '$.flag', @flag,
         '$.terms.ticket', @ticket, '$.terms.pricePaisePerKg', CAST(@price AS INTEGER))
     WHERE id = @id`,
  )
  const voided = sqlite.prepare(
    `UPDATE fill SET state = iif(state = 'refused', 'refused', 'voided'), position = @position,
       body = json_set(body, '$.kind', iif(state = 'refused', 'refused', 'voided'),
         '$.terms.position', CAST(@position AS INTEGER))
     WHERE id = @id`,
  )
  const paid = sqlite.prepare(
    'UPDATE fill_payment SET method = @method, amount_paise = @amount, by = @by WHERE fill = @id',
  )

  function settled(id: string, { body }: Op<'fill.settled'>): boolean {
    const flag = body.recovered ? 'recovered' : 'none'
    const { amountPaise: amount, pricePaisePerKg: price, ticket, booking } = body
    const done = ended.run({ ...massOf(body), id, state: 'settled', flag }).changes === 1
    sold.run({ id, amount, price, ticket, booking, flag })
    return done
  }

  return (_set, id, op) => {
    switch (op.kind) {
      case 'fill.settled':
        return settled(id, op)
      case 'fill.disputed':
        return (
          ended.run({ ...massOf(op.body), id, state: 'dispute', flag: 'dispute' }).changes === 1
        )
      case 'fill.voided':
        return voided.run({ id, position: op.body.position }).changes === 1
      case 'payment.collected': {
        const { method, amountPaise: amount, by } = op.body
        return paid.run({ id, method, amount, by }).changes === 1
      }
    }
  }
}

function massOf(body: Op<'fill.disputed'>['body']) {
  const { position, grams, totaliserBeforeGrams: before, totaliserAfterGrams: after } = body
  return { position, grams, before, after }
}
