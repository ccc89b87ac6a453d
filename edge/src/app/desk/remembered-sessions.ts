import type { Me } from '@baari/shared/contracts/http/edge-api'
import type { Clock } from '@baari/shared/runtime/clock'
import { monoElapsed, seconds, type Mono } from '@baari/shared/units/time'
import type { People } from '../../ports/station-desk.ts'

/** How long a session goes on after head office has removed its owner. */
const believedFor = seconds(5)
/** Screens of a station, and some. */
const mostRemembered = 64

type Remembered = { readonly me: Me; readonly at: Mono }

/**
 * Asks the ledger who a cookie belongs to at most every five seconds: each request of a busy
 * kiosk would otherwise wait twice for the ledger thread, once behind a commit of somebody else.
 * Signing out is believed at once, and a cookie that belongs to nobody is asked for every time.
 */
export function rememberedSessions(people: People, clock: Clock): People {
  const known = new Map<string, Remembered>()
  let signOuts = 0

  function remember(session: string, me: Me): void {
    known.delete(session)
    known.set(session, { me, at: clock.mono() })
    const [oldest] = known.keys()
    if (known.size > mostRemembered && oldest !== undefined) known.delete(oldest)
  }

  return {
    ...people,
    async me(session) {
      const held = known.get(session)
      if (held && monoElapsed(held.at, clock.mono()) < believedFor) return held.me
      const signOutsBefore = signOuts
      const me = await people.me(session)
      // Somebody signed out while the ledger answered: it may have been this one.
      if (me && signOuts === signOutsBefore) remember(session, me)
      else known.delete(session)
      return me
    },
    async signOut(session) {
      signOuts += 1
      known.delete(session)
      await people.signOut(session)
    },
  }
}
