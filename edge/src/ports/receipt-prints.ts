import type { FillId } from '@baari/shared/units/names'

/** How often the receipt of a sale was put on paper. */
export type ReceiptPrints = {
  /** Number of the sale in the station's books; undefined for one the books do not know. */
  saleNo(fill: FillId): number | undefined
  printed(fill: FillId): number
  save(fill: FillId, printed: number): void
}

export type ReceiptPrintSlot = { readonly receiptPrints: ReceiptPrints }
