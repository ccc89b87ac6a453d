import type { Attendant } from '../../ports/attendants.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { Me } from '@baari/shared/contracts/http/edge-api'
import type { Instant } from '@baari/shared/units/time'

type Tx = Pick<LedgerTx, 'attendants'>

export type AttendantName = Pick<Attendant, 'id' | 'name' | 'role'>

/** Who may sign in here, by name: chosen before the PIN is typed. */
export function listAttendants(
  tx: Tx,
  _input: object,
  _context: CommandContext,
): { readonly attendants: readonly AttendantName[] } {
  return { attendants: tx.attendants.list().map(nameOf) }
}

/** Who a cookie belongs to; undefined when it is unknown, over, or its owner is gone. */
export function attendantSession(
  tx: Tx,
  { session }: { readonly session: string },
  { now }: CommandContext,
): Me | undefined {
  const known = tx.attendants.session(tx.attendants.hash(session))
  if (!known || known.expires <= now.at) return undefined
  const attendant = tx.attendants.byId(known.attendant)
  return attendant && meOf(attendant, known.signedInAt)
}

export function signOut(
  tx: Tx,
  { session }: { readonly session: string },
  { now }: CommandContext,
): void {
  tx.attendants.dropSession(tx.attendants.hash(session))
  tx.attendants.dropExpired(now.at)
}

export function nameOf({ id, name, role }: Attendant): AttendantName {
  return { id, name, role }
}

export function meOf(attendant: Attendant, signedInAtMs: Instant): Me {
  return { attendant: nameOf(attendant), signedInAtMs }
}
