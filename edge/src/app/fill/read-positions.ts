import type { FaultCode } from '@baari/shared/faults/fault-codes'
import type { PositionNo, TicketId } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { FillState } from '../../domain/fill/fill-states.ts'
import type { NozzleKey } from '../../domain/position/nozzle.ts'
import { recalledCodes } from '../../domain/position/position-trouble.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { loadPlace } from './fill-place.ts'

export type NozzleNow = {
  readonly key: NozzleKey
  readonly state: FillState
  readonly frozen: boolean
}

/** A fault that was raised and not ended yet. */
export type OpenFault = {
  readonly position: PositionNo
  readonly code: FaultCode
  readonly since: Instant
}

export type PositionsNow = {
  readonly nozzles: readonly NozzleNow[]
  /** Vehicles that stand called, so that a restart sends nobody away. */
  readonly called: readonly { readonly position: PositionNo; readonly ticket: TicketId }[]
  /** By their alarms, which outlive a restart as the one of an all-stop does. */
  readonly faults: readonly OpenFault[]
}

/** The alarm of a position's fault. */
export function positionAlarm(position: PositionNo, code: FaultCode) {
  return { source: 'position', code, subject: `position ${position}` } as const
}

/** `positions.read`: nozzles, calls and faults, for a control thread that has just started. */
export function readPositions(
  tx: Pick<LedgerTx, 'fills' | 'tickets' | 'alarms'>,
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
  return { nozzles, called, faults: openFaults(tx) }
}

function openFaults(tx: Pick<LedgerTx, 'fills' | 'alarms'>): readonly OpenFault[] {
  const positions = new Set(tx.fills.nozzles().map(({ setup }) => setup.position))
  return [...positions].flatMap((position) =>
    recalledCodes.flatMap((code) => {
      const open = tx.alarms.find(positionAlarm(position, code))
      return open === undefined ? [] : [{ position, code, since: open.since }]
    }),
  )
}
