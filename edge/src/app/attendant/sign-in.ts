import { afterTry, lockedUntil } from '../../domain/attendant/pin-lock.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { Me } from '@baari/shared/contracts/http/edge-api'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { AttendantId } from '@baari/shared/units/names'
import { after, hours, type Instant } from '@baari/shared/units/time'
import { meOf } from './attendant-session.ts'

/** A shift of work; whoever goes on signs in again. */
const sessionLasts = hours(12)

type Tx = Pick<LedgerTx, 'attendants' | 'station'>

/**
 * First half of a sign-in: the hash to compare with. Comparing takes tens of milliseconds and
 * happens outside the ledger thread. An unknown attendant is told like a wrong PIN.
 */
export function beginSignIn(
  tx: Tx,
  { attendant: id }: { readonly attendant: AttendantId },
  { now }: CommandContext,
): Result<{ readonly pinHash: string }, Refusal> {
  const attendant = tx.attendants.byId(id)
  if (!attendant) return err(refusal('wrong_pin'))
  const until = lockedUntil(tx.attendants.tries(id), now.at)
  return until === undefined ? ok({ pinHash: attendant.pinHash }) : err(locked(until))
}

export type EndSignIn = {
  readonly attendant: AttendantId
  /** Whether the PIN matched the hash of `beginSignIn`. */
  readonly ok: boolean
  /** Random cookie value, hex; only its hash is stored. */
  readonly session: string
}

/**
 * Second half: counts the try and opens the session. The lock is looked at again, because several
 * tries may have been compared at the same time.
 */
export function endSignIn(
  tx: Tx,
  { attendant: id, ok: right, session }: EndSignIn,
  { now }: CommandContext,
): Result<Me, Refusal> {
  const attendant = tx.attendants.byId(id)
  if (!attendant) return err(refusal('wrong_pin'))
  const before = tx.attendants.tries(id)
  const until = lockedUntil(before, now.at)
  if (until !== undefined) return err(locked(until))
  const tries = afterTry(before, right, now.at)
  tx.attendants.saveTries(id, tries)
  if (!right) {
    audit(tx, { what: tries.lockedUntil === null ? 'pin.wrong' : 'pin.locked', id }, now.at)
    return err(tries.lockedUntil === null ? refusal('wrong_pin') : locked(tries.lockedUntil))
  }
  tx.attendants.dropExpired(now.at)
  tx.attendants.addSession({
    sessionSha256: tx.attendants.hash(session),
    attendant: id,
    signedInAt: now.at,
    expires: after(now.at, sessionLasts),
  })
  audit(tx, { what: 'attendant.signed_in', id }, now.at)
  return ok(meOf(attendant, now.at))
}

function locked(until: Instant): Refusal {
  return refusal('pin_locked', { untilMs: until })
}

function audit(
  tx: Tx,
  { what, id }: { readonly what: string; readonly id: AttendantId },
  at: Instant,
): void {
  tx.station.audit({ at, by: id, what, about: id, facts: {} })
}
