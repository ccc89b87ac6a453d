import type { Clock } from '@baari/shared/runtime/clock'
import { monoElapsed, seconds, type Mono } from '@baari/shared/units/time'
import type { StationSession, StationSessions } from '../../ports/station-sessions.ts'

type Remembered = { readonly session: StationSession; readonly at: Mono }

/**
 * How long a token that was good is not asked for again: a station that was enrolled anew, or whose
 * token ended, may read its own rows that much longer. For routes that write this is not for.
 */
const rememberFor = seconds(30)
const tokensMax = 20_000

/** Sessions by their token, asked of the database once in half a minute instead of at every request. */
export function rememberedSessions(
  { byToken }: Pick<StationSessions, 'byToken'>,
  clock: Pick<Clock, 'mono'>,
): Pick<StationSessions, 'byToken'> {
  const known = new Map<string, Remembered>()
  return {
    async byToken(token, now) {
      const found = known.get(token)
      const fresh = found !== undefined && monoElapsed(found.at, clock.mono()) < rememberFor
      if (fresh) return found.session
      const session = await byToken(token, now)
      known.delete(token)
      if (session === undefined) return undefined
      if (known.size >= tokensMax) known.clear()
      known.set(token, { session, at: clock.mono() })
      return session
    },
  }
}
