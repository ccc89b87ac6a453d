import type { GilbarcoCommand } from './tables.ts'

/** `pump` is the low half byte, 0 to 15, as it stands on the wire. */
export type GilbarcoRequest =
  | { readonly kind: 'command'; readonly command: GilbarcoCommand; readonly pump: number }
  /** Stops every pump of the loop with one word. Nobody answers it. */
  | { readonly kind: 'all-stop' }
  /** A block for the pump that listens after `send-data`; no word of it names the pump. */
  | { readonly kind: 'data'; readonly pump: number; readonly data: GilbarcoData }

/** What a listening pump can be told. */
export type GilbarcoData =
  | { readonly kind: 'price'; readonly gradeIndex: number; readonly priceCounts: number }
  | { readonly kind: 'preset-amount'; readonly amountCounts: number }

/** The last sale. Counts are of the last digit on the dispenser's display. */
export type GilbarcoTransaction = {
  readonly kind: 'transaction'
  /** Five hex digits, the last word on the wire first; not all are decimal. */
  readonly identity: string
  readonly grade: number
  readonly priceCounts: number
  readonly volumeCounts: number
  readonly amountCounts: number
}

/** The ever-growing counters of one grade, and its two prices. */
export type GradeTotals = {
  readonly grade: number
  readonly volumeCounts: number
  readonly amountCounts: number
  readonly firstPriceCounts: number
  readonly secondPriceCounts: number
}

/** `code` is the high half byte; `gilbarcoState` translates it. Only a status names its pump. */
export type GilbarcoReply =
  | { readonly kind: 'status'; readonly code: number; readonly pump: number }
  | GilbarcoTransaction
  | { readonly kind: 'totals'; readonly grades: readonly GradeTotals[] }
  | { readonly kind: 'running-money'; readonly amountCounts: number }
  /** Never on the wire: the request is one that no pump answers. */
  | { readonly kind: 'unanswered' }

export const allStop = 0xfc
export const blockBegin = 0xff
export const blockEnd = 0xf0
export const lrcNext = 0xfb
/** High half byte of a digit word and of a control word. */
export const digitWord = 0xe0
export const moneyDigits = 6
/** Behind FF in every block of the host. */
export const hostBlock = 0xe5

export function isDigit(word: number): boolean {
  return (word & 0xf0) === digitWord
}
