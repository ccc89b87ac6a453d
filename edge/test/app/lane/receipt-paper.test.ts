import { drawnQr } from '@baari/hardware/drivers/escpos/drawn-qr'
import { drawnText } from '@baari/hardware/drivers/escpos/drawn-text'
import { encodePage } from '@baari/hardware/protocols/escpos/commands'
import { EscPosDecoder } from '@baari/hardware/protocols/escpos/decoder'
import { grams } from '@baari/shared/units/mass'
import { paise, paisePerKg } from '@baari/shared/units/money'
import { fillId, positionNo } from '@baari/shared/units/names'
import { expect, it } from 'vitest'
import type { Receipt } from '../../../src/app/fill/print-receipt.ts'
import { receiptPaper } from '../../../src/app/lane/receipt-paper.ts'
import { at } from '../../support/scan-builders.ts'

const receipt: Receipt = {
  fill: fillId('018f0000-0000-7000-8000-00000000f001'),
  ...{ saleNo: 412, label: 'W-57', position: positionNo(2), copy: 0 },
  grams: grams(8_123),
  pricePaisePerKg: paisePerKg(9_450),
  amountPaise: paise(76_762),
  settledAt: at('09:05'),
}

function printed(change: Partial<Receipt> = {}) {
  const page = receiptPaper({ ...receipt, ...change }, { name: 'Andheri East', dispenser: 'd2' })
  const bytes = encodePage(page, { text: drawnText, qr: drawnQr })
  const items = new EscPosDecoder().feed(bytes)
  const texts = items.flatMap((item) => (item.kind === 'text' ? item.text : []))
  return { page, items, texts }
}

it('a receipt on paper has grams, price, amount, time, dispenser and the number of the sale', () => {
  const { texts, items } = printed()
  expect(texts).toEqual([
    ...['Andheri East', 'CNG sale', '-'.repeat(32), 'No. 412  W-57', '2026-11-22 09:05'],
    ...['Dispenser d2, position 2', 'Gas   8.123 kg', 'Price Rs 94.50/kg', 'Rs 767.62'],
    ...['-'.repeat(32), 'Sale 018f0000-0000-7000-8000-000', '00000f001'],
  ])
  expect(items.filter(({ kind }) => kind === 'unknown')).toEqual([])
})

it('the same stands there in Hindi, drawn', () => {
  const { page, items } = printed()
  const hindi = page.lines.flatMap((line) =>
    line.kind === 'text' && /[\u0900-\u097f]/.test(line.text) ? line.text : [],
  )
  expect(hindi).toEqual([
    ...['सीएनजी बिक्री', 'गैस 8.123 किग्रा', 'भाव रु 94.50 प्रति किग्रा', 'रक़म रु 767.62'],
  ])
  expect(items.filter(({ kind }) => kind === 'raster').length).toBeGreaterThanOrEqual(hindi.length)
})

it('a reprint says that it is a copy, in both languages, and the original does not', () => {
  const lines = (copy: number) =>
    printed({ copy }).page.lines.flatMap((line) => (line.kind === 'text' ? line.text : []))
  expect(lines(2)).toEqual(expect.arrayContaining(['COPY 2', 'प्रति 2']))
  expect(lines(0).some((text) => /copy|प्रति \d/i.test(text))).toBe(false)
})
