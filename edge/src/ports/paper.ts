/** One line of a paper for a driver; any script may be printed. */
export type PrintLine =
  | {
      readonly kind: 'text'
      readonly text: string
      readonly scale: 1 | 2 | 4
      readonly align: 'left' | 'centre'
    }
  | { readonly kind: 'qr'; readonly text: string }
  | { readonly kind: 'rule' }

export type PrintPage = { readonly lines: readonly PrintLine[] }
