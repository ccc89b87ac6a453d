import type { FillState } from '../../domain/fill/fill-states.ts'
import type { NozzleKey } from '../../domain/position/nozzle.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import { loadPlace, type FillTx } from './fill-place.ts'

export type NozzleNow = {
  readonly key: NozzleKey
  readonly state: FillState
  readonly frozen: boolean
}

/** `positions.read`: every nozzle with its open fill, for a control thread that has just started. */
export function readNozzles(
  tx: Pick<FillTx, 'fills'>,
  _input: object,
  _context: CommandContext,
): readonly NozzleNow[] {
  return tx.fills.nozzles().map(({ setup: { position, nozzle }, frozen }) => {
    const key = { position, nozzle }
    return { key, state: loadPlace(tx.fills, key).state, frozen }
  })
}
