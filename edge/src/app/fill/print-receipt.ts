import { refusal, type Refusal } from '@baari/shared/faults/no'
import { present } from '@baari/shared/faults/assert'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Grams } from '@baari/shared/units/mass'
import type { Paise, PaisePerKg } from '@baari/shared/units/money'
import type { FillId, PositionNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { CommandContext } from '../../ports/ledger.ts'
import type { ReceiptPrintSlot } from '../../ports/receipt-prints.ts'
import type { FillTx } from './fill-place.ts'

/** What stands on the receipt of a settled sale. */
export type Receipt = {
  readonly fill: FillId
  readonly saleNo: number
  readonly label: string
  readonly position: PositionNo
  readonly grams: Grams
  readonly pricePaisePerKg: PaisePerKg
  readonly amountPaise: Paise
  readonly settledAt: Instant
  /** 0 for the original; the n-th further paper is copy n. */
  readonly copy: number
}

type Tx = Pick<FillTx, 'fills'> & ReceiptPrintSlot

/**
 * `receipt.begin`: the paper is counted before it is printed, so that a second original cannot come
 * out of a node that died in between.
 */
export function beginReceipt(
  tx: Tx,
  { fill }: { readonly fill: FillId },
  _context: CommandContext,
): Result<Receipt, Refusal> {
  const piece = tx.fills.byId(fill)
  if (piece?.state.kind !== 'settled' || piece.endedAt === null)
    return err(refusal('fill_not_settled'))
  const { terms, meter, amountPaise } = piece.state
  const copy = tx.receiptPrints.printed(fill)
  tx.receiptPrints.save(fill, copy + 1)
  return ok({
    ...{ fill, copy, amountPaise },
    saleNo: present(tx.receiptPrints.saleNo(fill), 'the number of a settled sale'),
    label: piece.label,
    position: piece.key.position,
    grams: meter.deliveredGrams,
    pricePaisePerKg: terms.pricePaisePerKg,
    settledAt: piece.endedAt,
  })
}

/** `receipt.notPrinted`: nothing of the paper was sent, so it does not count. */
export function receiptNotPrinted(
  tx: Tx,
  { fill, copy }: { readonly fill: FillId; readonly copy: number },
  _context: CommandContext,
): null {
  if (tx.receiptPrints.printed(fill) === copy + 1) tx.receiptPrints.save(fill, copy)
  return null
}
