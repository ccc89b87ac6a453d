import { entityOf, record, rejected, type Ruling, type Rule } from './rule.ts'
import type { Known } from './known.ts'
import type { OpKind, OpOf } from './station-op.ts'

export const boot: Rule<'boot'> = (op) => ({ effects: [record(op, null)] })

export const gap: Rule<'gap'> = (op) => ({ effects: [record(op, null)] })

/** What the station's comparison found; a difference nobody could mend is a person's. */
export const proofMade: Rule<'proof.made'> = (op) => {
  const { outcome, found } = op.body
  if (outcome !== 'differs') return { effects: [record(op, null)] }
  const rows = found.map(({ set, key }) => `${set} ${key}`).join(', ')
  return { effects: [record(op, null)], flag: 'digest_differs', about: { detail: rows } }
}

/** Checked by the job that reads the row, when every row of the day lies in the database. */
export const dayClosed: Rule<'day.closed'> = (op) => ({ effects: [record(op, null)] })

/** Counts for drivers once the job has verified the station's signature. */
export const delayRaised: Rule<'delay.raised'> = (op) => ({ effects: [record(op, null)] })

/** Says which history the new chain continues; its bytes are kept, and the session registered it. */
export const epochOpened: Rule<'epoch.opened'> = () => ({ effects: [] })

/** A reference is introduced once per epoch; the same words again change nothing. */
export const entity: Rule<'entity'> = (op, known) => {
  const { ref, type, uuid } = op.body
  const before = known.entities.get(ref)
  if (before === undefined) return { effects: [{ kind: 'entity', ref, type, uuid }] }
  if (before.type === type && before.uuid === uuid) return { effects: [] }
  return rejected('entity_changed')
}

/** Without its raw text a failed scan tells nobody anything (Q10). */
export const scanFailed: Rule<'scan.failed'> = (op) =>
  op.body.rawBase64 === '' ? rejected('scan_incomplete') : { effects: [record(op, null)] }

export const vehicleRecorded: Rule<'vehicle.recorded'> = (op) => ({ effects: [record(op, null)] })

/** Every op of a ticket's life is a row of that ticket; without the ticket it says nothing. */
export function ofTicket(
  op: OpOf<
    | 'ticket.opened'
    | 'ticket.called'
    | 'ticket.call_undone'
    | 'ticket.called_out_of_turn'
    | 'ticket.out_of_turn_undone'
    | 'ticket.skipped'
    | 'ticket.closed'
  >,
  known: Known,
): Ruling {
  return withEntity(op, known)
}

export const shiftOpened: Rule<'shift.opened'> = (op, known) => withEntity(op, known)

export const shiftClosed: Rule<'shift.closed'> = (op, known) => {
  const shift = entityOf(op, known)
  if (shift === null) return rejected('entity_unknown')
  const state = known.shifts.get(shift)
  if (state === undefined) return rejected('shift_unknown')
  return state === 'closed' ? rejected('shift_closed_twice') : { effects: [record(op, shift)] }
}

function withEntity(op: OpOf<OpKind>, known: Known): Ruling {
  const id = entityOf(op, known)
  return id === null ? rejected('entity_unknown') : { effects: [record(op, id)] }
}
