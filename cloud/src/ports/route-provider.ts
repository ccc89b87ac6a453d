import type { Place } from '@baari/shared/units/place'
import type { Instant, Millis } from '@baari/shared/units/time'

/** A service that knows the roads. */
export type RouteProvider = {
  /**
   * How long from one place to each of several, in their order; undefined where no road leads.
   * Resolves to undefined as a whole when the service does not answer in time or not as its contract
   * says: the caller goes on without it. Never rejects.
   */
  times(
    from: Place,
    to: readonly Place[],
    departAt: Instant,
  ): Promise<readonly (Millis | undefined)[] | undefined>
}
