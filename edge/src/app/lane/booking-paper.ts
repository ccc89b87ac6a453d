import type { BookingRow } from '@baari/shared/contracts/sync/shapes'
import { windowLength } from '@baari/shared/domain/slots/windows'
import { isoDate, istClockText, istDay } from '@baari/shared/units/ist-calendar'
import { after } from '@baari/shared/units/time'
import type { PrintLine, PrintPage } from '../../ports/paper.ts'

const middle = (text: string, scale: 1 | 2 = 1): PrintLine => {
  return { kind: 'text', text, scale, align: 'centre' }
}

/** A booking on paper: its window, its QR, and nine digits for a scanner that cannot read it. */
export function bookingPaper(
  row: BookingRow,
  proof: { readonly station: string; readonly token: string },
): PrintPage {
  const from = istClockText(row.window_start_ms)
  const to = istClockText(after(row.window_start_ms, windowLength))
  return {
    lines: [
      middle(proof.station),
      middle(`${from}-${to}`, 2),
      middle(isoDate(istDay(row.window_start_ms))),
      middle(row.plate),
      { kind: 'qr', text: proof.token },
      ...(row.code === null ? [] : [middle(row.code.replace(/(...)(?=.)/g, '$1 '), 2)]),
      middle('Show this at the lane'),
      middle('इसे लेन पर दिखाएँ'),
    ],
  }
}
