import type { Clock } from '@baari/shared/runtime/clock'
import { monoElapsed, seconds, type Mono } from '@baari/shared/units/time'
import type { People } from '../../ports/station-desk.ts'

/** As long as a *ready* act counts: whoever gave it was signed in then. */
const presentFor = seconds(60)

/**
 * Whether an attendant is signed in now, for the conditions of an authorise. Every request of a
 * signed-in attendant is a proof; signing out ends it at once, so that a *ready* given before
 * counts no more.
 */
export function attendantPresence(
  people: People,
  clock: Clock,
): { readonly people: People; readonly signedIn: () => boolean } {
  let seen: { readonly session: string; readonly at: Mono } | undefined
  return {
    signedIn: () => seen !== undefined && monoElapsed(seen.at, clock.mono()) <= presentFor,
    people: {
      ...people,
      async me(session) {
        const me = await people.me(session)
        if (me) seen = { session, at: clock.mono() }
        return me
      },
      async signOut(session) {
        if (seen?.session === session) seen = undefined
        await people.signOut(session)
      },
    },
  }
}
