import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import { after, minutes, type Instant } from '@baari/shared/units/time'
import type { Operator, Operators, Passwords, Sessions } from '../../ports/people.ts'

export type OperatorDeps = {
  readonly operators: Operators
  readonly passwords: Passwords
  readonly sessions: Sessions
  readonly clock: Clock
}

export type OperatorSignIn = { readonly email: string; readonly password: string }
export type OperatorSession = {
  readonly operator: Operator
  readonly token: string
  readonly expires: Instant
}

const lockTime = minutes(5)

/** Opens an operator's session. Refuses with not_signed_in, or pin_locked after five wrong tries. */
export async function signInOperator(
  { operators, passwords, sessions, clock }: OperatorDeps,
  { email, password }: OperatorSignIn,
): Promise<Result<OperatorSession, Refusal>> {
  const now = clock.now()
  const operator = await operators.byEmail(email.toLowerCase())
  if (operator !== undefined && now < operator.lockedUntil) return err(refusal('pin_locked'))
  const fits = await passwords.fits(password, operator?.passwordHash)
  if (operator === undefined) return err(refusal('not_signed_in'))
  if (!fits) {
    await operators.countWrong(operator.id, after(now, lockTime))
    return err(refusal('not_signed_in'))
  }
  await operators.clearWrong(operator.id)
  return ok({ operator, ...(await sessions.open(operator.id)) })
}
