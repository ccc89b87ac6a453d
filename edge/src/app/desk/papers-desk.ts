import { refusal } from '@baari/shared/faults/no'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { PositionNo } from '@baari/shared/units/names'
import type { PrintPage } from '../../ports/paper.ts'
import { PrinterFailure } from '../../ports/printer-failure.ts'
import type { By, Papers } from '../../ports/station-desk.ts'
import { bookingPaper } from '../lane/booking-paper.ts'
import { receiptPaper } from '../lane/receipt-paper.ts'
import { runOnce } from '../request/run-once.ts'
import type { DeskLedger } from './desk-commands.ts'
import type { OwnIssuer } from './windows-desk.ts'

export type PapersDeskParts = {
  readonly ledger: DeskLedger
  readonly issuer: OwnIssuer | undefined
  readonly stationName: string
  /** Name of the dispenser at a position, as in the station file. */
  readonly dispenserAt: (position: PositionNo) => string
  /** Resolves when the page is on paper; null where the station has no printer. */
  readonly print: ((page: PrintPage) => Promise<Result<unknown, Fault>>) | null
}

/**
 * Papers that people ask for. Nothing on the forecourt waits for one: a printer that is not ready
 * fails the request and nothing else.
 */
export function papersDesk(parts: PapersDeskParts): Papers {
  const { ledger, issuer, stationName, dispenserAt, print } = parts
  const firstTime = async (by: By): Promise<Result<boolean, ReturnType<typeof refusal>>> => {
    if (print === null) return err(refusal('no_printer'))
    const taken = await runOnce(ledger, by.request, { command: 'request.takeKey', input: {} })
    return taken.ok ? ok(!taken.value.repeated) : taken
  }

  return {
    async receipt(fill, by) {
      const first = await firstTime(by)
      if (!first.ok) return first
      if (!first.value || print === null) return ok(null)
      const begun = await ledger.run('receipt.begin', { fill })
      if (!begun.ok) return begun
      const { position, copy } = begun.value
      const station = { name: stationName, dispenser: dispenserAt(position) }
      const printed = await print(receiptPaper(begun.value, station))
      if (printed.ok) return ok(null)
      if (printed.error.retrySafe) await ledger.run('receipt.notPrinted', { fill, copy })
      throw new PrinterFailure(printed.error)
    },
    async booking(booking, by) {
      if (issuer === undefined) return err(refusal('no_own_share'))
      const first = await firstTime(by)
      if (!first.ok) return first
      if (!first.value || print === null) return ok(null)
      const row = await ledger.run('booking.row', { booking })
      if (!row.ok) return row
      const proof = { station: stationName, token: issuer.token(row.value) }
      const printed = await print(bookingPaper(row.value, proof))
      if (!printed.ok) throw new PrinterFailure(printed.error)
      return ok(null)
    },
  }
}
