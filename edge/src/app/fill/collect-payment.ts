import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Paise } from '@baari/shared/units/money'
import type { AttendantId, FillId } from '@baari/shared/units/names'
import type { CommandContext } from '../../ports/ledger.ts'
import type { FillTx } from './fill-place.ts'

export type CollectInput = {
  readonly fill: FillId
  readonly method: 'cash' | 'upi' | 'card'
  readonly amountPaise: Paise
  readonly by: AttendantId
}

/** `fill.collect`: what was taken at the pump for a settled fill; once per fill. */
export function collectPayment(
  tx: Pick<FillTx, 'fills' | 'outbox'>,
  input: CollectInput,
  { now }: CommandContext,
): Result<{ readonly collected: true }, Refusal> {
  const piece = tx.fills.byId(input.fill)
  if (piece?.state.kind !== 'settled') return err(refusal('fill_not_settled'))
  if (tx.fills.collected(input.fill)) return err(refusal('fill_collected'))
  tx.fills.addPayment({ ...input, at: now.at })
  const entity = { type: 'fill', uuid: input.fill } as const
  tx.outbox.append({ kind: 'payment.collected', entity, body: input })
  return ok({ collected: true })
}
