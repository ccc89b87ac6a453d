import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { AttendantId } from '@baari/shared/units/names'
import type { People } from '../../ports/station-desk.ts'
import type { DeskLedger } from './desk-commands.ts'

/** Compares a PIN with its argon2id hash, away from the control thread. */
export type CheckPin = (pinHash: string, pin: string) => Promise<boolean>

export type PeopleDeskParts = {
  readonly ledger: DeskLedger
  readonly checkPin: CheckPin
  readonly ids: IdSource
}

const sessionBytes = 32

/**
 * Signing in takes two commands around the slow hash: the first says whether the name may try, the
 * second counts the outcome. A lock that falls between the two is the second one's answer.
 */
export function peopleDesk({ ledger, checkPin, ids }: PeopleDeskParts): People {
  return {
    async list() {
      const { attendants } = await ledger.run('attendant.list', {})
      return { attendants: [...attendants] }
    },
    async signIn({ attendant, pin }) {
      const begun = await ledger.run('attendant.beginSignIn', { attendant })
      if (!begun.ok) return err(begun.error)
      const matches = await checkPin(begun.value.pinHash, pin)
      const session = ids.hex(sessionBytes)
      const ended = await ledger.run('attendant.endSignIn', { attendant, ok: matches, session })
      return ended.ok ? ok({ me: ended.value, session }) : err(ended.error)
    },
    me: (session) => ledger.run('attendant.session', { session }),
    async signOut(session) {
      await ledger.run('attendant.signOut', { session })
    },
  }
}

/**
 * The manager whose PIN it is. It names nobody, so each manager's hash is tried; a wrong one
 * counts against the attendant who typed it, and locks that attendant like wrong PINs at sign-in.
 */
export async function managerUnlocks(
  { ledger, checkPin }: Omit<PeopleDeskParts, 'ids'>,
  { pin, typedBy }: { readonly pin: string; readonly typedBy: AttendantId },
): Promise<Result<AttendantId, Refusal>> {
  const typist = await ledger.run('attendant.beginSignIn', { attendant: typedBy })
  if (!typist.ok) return err(typist.error)
  const { attendants } = await ledger.run('attendant.list', {})
  for (const { id } of attendants.filter(({ role }) => role === 'manager')) {
    const manager = await ledger.run('attendant.beginSignIn', { attendant: id })
    if (manager.ok && (await checkPin(manager.value.pinHash, pin))) return ok(id)
  }
  const counted = await ledger.run('attendant.endSignIn', {
    attendant: typedBy,
    ok: false,
    session: '',
  })
  return err(counted.ok ? refusal('wrong_pin') : counted.error)
}
