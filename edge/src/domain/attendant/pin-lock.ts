import { after, minutes, type Instant } from '@baari/shared/units/time'

/** Wrong PINs in a row of one attendant. */
export type PinTries = { readonly wrong: number; readonly lockedUntil: Instant | null }

const wrongMax = 5
const lockedFor = minutes(5)

/** Until when sign-in is locked; undefined when it is not. */
export function lockedUntil({ lockedUntil: until }: PinTries, now: Instant): Instant | undefined {
  return until !== null && now < until ? until : undefined
}

/** The fifth wrong PIN locks for five minutes; a right one, or a lock that is over, starts anew. */
export function afterTry(tries: PinTries, right: boolean, now: Instant): PinTries {
  if (right) return { wrong: 0, lockedUntil: null }
  const wrong = (tries.lockedUntil === null ? tries.wrong : 0) + 1
  return wrong >= wrongMax
    ? { wrong: 0, lockedUntil: after(now, lockedFor) }
    : { wrong, lockedUntil: null }
}
