import type { Fault } from '@baari/shared/faults/no'
import { ok, type Result } from '@baari/shared/faults/result'
import type { CommandId } from '@baari/shared/units/names'
import { tagOf } from './pump-order.ts'
import { askForReply, readStatus, type PumpStation, type StatusReply } from './pump-station.ts'

/**
 * Whether the sale that is open now, or was the last one, came from this command: the controller
 * keeps the tag of the authorisation with it (D08). `none` when the command did not arrive.
 */
export async function whoseSale(
  station: PumpStation,
  cmdId: CommandId,
): Promise<Result<'ours' | 'none' | 'other', Fault>> {
  const status = await readStatus(station)
  if (!status.ok) return status
  const { transaction, open } = saleOf(status.value)
  if (transaction === 0) return ok('none')
  const read = await askForReply(
    station,
    {
      Type: 'PumpGetTransactionInformation',
      Data: { Pump: station.config.pump, Transaction: transaction },
    },
    { type: 'PumpTransactionInformation' },
  )
  if (read.ok && read.value.reply.Data.Tag === tagOf(cmdId)) return ok('ours')
  // An open sale that cannot be asked for is not known to be another's: the outcome stays unknown.
  if (!read.ok && (open || read.error.code !== 'dispenser_refused')) return read
  return ok(open ? 'other' : 'none')
}

function saleOf({ Type, Data }: StatusReply): {
  readonly transaction: number
  readonly open: boolean
} {
  switch (Type) {
    case 'PumpIdleStatus':
    case 'PumpOfflineStatus': {
      const ordered = Data.Request === 'PumpAuthorize'
      const number = Type === 'PumpIdleStatus' && ordered ? Data.Transaction : Data.LastTransaction
      return { transaction: number ?? 0, open: ordered }
    }
    case 'PumpFillingStatus':
    case 'PumpEndOfTransactionStatus':
      return { transaction: Data.Transaction, open: true }
  }
}
