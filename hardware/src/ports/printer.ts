import type { Fault } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Mono } from '@baari/shared/units/time'
import type { Device, RaisedFault, Unsubscribe } from './device.ts'

export type PrintLine =
  /** Any script; `scale` 1 is 32 letters a line, 4 is a number to be read from three metres. */
  | {
      readonly kind: 'text'
      readonly text: string
      readonly scale: 1 | 2 | 4
      readonly align: 'left' | 'centre'
    }
  /** At most 512 characters: more would have modules too small to be read from paper. */
  | { readonly kind: 'qr'; readonly text: string }
  | { readonly kind: 'rule' }

export type PrintPage = { readonly lines: readonly PrintLine[] }

/** The printer said that everything before its answer is on paper. */
export type PrintAck = { readonly printedMono: Mono }

/**
 * A 58 mm roll printer. `print` takes pages one after another, at most eight waiting, and resolves
 * when the printer has confirmed the page. Without paper, with its lid open or without an answer it
 * fails with `printer_unready`, `retrySafe` when nothing of the page was sent; a page is never sent
 * twice by itself, because two papers with one number are two vehicles in one place.
 */
export type Printer = Device & {
  print(page: PrintPage): Promise<Result<PrintAck, Fault>>
  onFault(call: (raised: RaisedFault) => void): Unsubscribe
}
