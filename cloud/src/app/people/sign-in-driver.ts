import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Instant } from '@baari/shared/units/time'
import type { OneTimeCodes } from '../../ports/one-time-codes.ts'
import type { Driver, Drivers, Phone, Sessions } from '../../ports/people.ts'

export type DriverSignIn = { readonly phone: Phone; readonly digits: string }

export type SignInDeps = {
  readonly codes: OneTimeCodes
  readonly drivers: Drivers
  readonly sessions: Sessions
  readonly clock: Clock
}

export type SignedIn = {
  readonly driver: Driver
  readonly token: string
  readonly expires: Instant
}

const tries = 5

/** Redeems the code and opens a session. Refuses with otp_wrong or otp_expired. */
export async function signInDriver(
  { codes, drivers, sessions, clock }: SignInDeps,
  { phone, digits }: DriverSignIn,
): Promise<Result<SignedIn, Refusal>> {
  const redeemed = await codes.redeem({ phone, digits, now: clock.now() }, tries)
  if (redeemed === 'wrong') return err(refusal('otp_wrong'))
  if (redeemed === 'over') return err(refusal('otp_expired'))
  const id = await drivers.findOrMake(phone, 'en')
  const [driver, session] = await Promise.all([drivers.find(id), sessions.open(id)])
  return driver === undefined ? err(refusal('not_signed_in')) : ok({ driver, ...session })
}
