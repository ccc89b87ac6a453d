import type { Fault } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Mono } from '@baari/shared/units/time'
import type { Device, RaisedFault, Unsubscribe } from './device.ts'
import type { Reading } from './reading.ts'

/** A number that is called and the position it goes to; the label as it stands on the ticket. */
export type LaneCall = { readonly label: string; readonly position: number }

/** What a lane's sign shows. `closed` is the safe page: nobody drives in on it. */
export type LanePage =
  | { readonly kind: 'blank' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'calls'; readonly calls: readonly LaneCall[] }

/** Calls a sign has room for; further ones are not shown. */
export const mostCallsShown = 4

/** The sign said that it shows exactly this page. */
export type ShownAck = { readonly page: LanePage; readonly ackedMono: Mono }

/**
 * A lane's sign. `show` replaces the wanted page, idempotently; the driver repeats it until the
 * sign confirms it, after a reconnect, and every two seconds, so that a half update cannot stay. A
 * sign that hears nothing for ten seconds blanks itself. `dispose` asks for the closed page (L01).
 */
export type Display = Device & {
  readonly lane: number
  show(page: LanePage): Promise<Result<ShownAck, Fault>>
  /** What the sign confirmed last; stale when it may have blanked itself since. */
  shown(): Reading<LanePage>
  onFault(call: (raised: RaisedFault) => void): Unsubscribe
}
