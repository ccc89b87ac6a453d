import type { StationLedger } from '@baari/shared/contracts/http/cloud-api'

export type SaleRow = {
  readonly fill: string
  readonly booking: string | null
  readonly position: number
  readonly grams: number
  readonly amountPaise: number
  readonly flag: string
  readonly settledAtMs: number
}

/** Place in the list of sales, newest first. */
export type SaleCursor = { readonly settledAtMs: number; readonly fill: string }

/** What the uplink has applied, to be compared with the station's own books. */
export type StationLedgers = {
  ledger(stationNo: number): Promise<Unbranded<StationLedger> | undefined>
  sales(
    stationNo: number,
    page: { readonly limit: number; readonly after: SaleCursor | null },
  ): Promise<readonly SaleRow[]>
}

/** The contract's shape before it is parsed: plain numbers where the contract brands them. */
type Unbranded<T> = { readonly [K in keyof T]: T[K] extends number ? number : T[K] }
