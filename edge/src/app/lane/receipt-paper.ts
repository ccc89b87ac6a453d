import { isoDate, istClockText, istDay } from '@baari/shared/units/ist-calendar'
import { grams as gramsOf, kilogramText } from '@baari/shared/units/mass'
import { amountFor, rupeeText } from '@baari/shared/units/money'
import type { PrintLine, PrintPage } from '../../ports/paper.ts'
import type { Receipt } from '../fill/print-receipt.ts'

const small = { kind: 'text', scale: 1 } as const
const line = (text: string): PrintLine => ({ ...small, text, align: 'left' })
const middle = (text: string): PrintLine => ({ ...small, text, align: 'centre' })

/** The receipt of a settled sale in both languages; a reprint says that it is a copy. */
export function receiptPaper(
  receipt: Receipt,
  station: { readonly name: string; readonly dispenser: string },
): PrintPage {
  const { saleNo, label, position, grams, pricePaisePerKg, amountPaise, settledAt, copy } = receipt
  const day = isoDate(istDay(settledAt))
  const ofKilogram = rupeeText(amountFor(gramsOf(1_000), pricePaisePerKg))
  return {
    lines: [
      middle(station.name),
      ...(copy === 0 ? [] : [middle(`COPY ${copy}`), middle(`प्रति ${copy}`)]),
      middle('CNG sale'),
      middle('सीएनजी बिक्री'),
      { kind: 'rule' },
      line(`No. ${saleNo}  ${label}`),
      line(`${day} ${istClockText(settledAt)}`),
      line(`Dispenser ${station.dispenser}, position ${position}`),
      line(`Gas   ${kilogramText(grams, 3)} kg`),
      line(`गैस ${kilogramText(grams, 3)} किग्रा`),
      line(`Price Rs ${ofKilogram}/kg`),
      line(`भाव रु ${ofKilogram} प्रति किग्रा`),
      { kind: 'text', text: `Rs ${rupeeText(amountPaise)}`, scale: 2, align: 'centre' },
      line(`रक़म रु ${rupeeText(amountPaise)}`),
      { kind: 'rule' },
      middle(`Sale ${receipt.fill}`),
    ],
  }
}
