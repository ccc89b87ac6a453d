import type { PositionNo, TicketId } from '@baari/shared/units/names'
import type { FillState } from '../../domain/fill/fill-states.ts'
import type { NozzleKey } from '../../domain/position/nozzle.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { loadPlace } from './fill-place.ts'

export type NozzleNow = {
  readonly key: NozzleKey
  readonly state: FillState
  readonly frozen: boolean
}

export type PositionsNow = {
  readonly nozzles: readonly NozzleNow[]
  /** Vehicles that stand called, so that a restart sends nobody away. */
  readonly called: readonly { readonly position: PositionNo; readonly ticket: TicketId }[]
}

/** `positions.read`: every nozzle and every call, for a control thread that has just started. */
export function readPositions(
  tx: Pick<LedgerTx, 'fills' | 'tickets'>,
  _input: object,
  _context: CommandContext,
): PositionsNow {
  const nozzles = tx.fills.nozzles().map(({ setup: { position, nozzle }, frozen }) => {
    const key = { position, nozzle }
    return { key, state: loadPlace(tx.fills, key).state, frozen }
  })
  const called = tx.tickets
    .open()
    .flatMap(({ id, state, position }) =>
      state === 'called' && position !== null ? [{ position, ticket: id }] : [],
    )
  return { nozzles, called }
}
