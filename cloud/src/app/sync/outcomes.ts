import type { OpOutcome } from '../../domain/sync/op-effects.ts'

/** Bookings whose cancel these ops acknowledge; final after the commit. */
export function ackedCancels(outcomes: readonly OpOutcome[]): readonly string[] {
  return outcomes.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.kind === 'cancel-acked' ? [effect.booking] : [])),
  )
}

/** Bookings whose facts these ops change. */
export function touchedBookings(outcomes: readonly OpOutcome[]): ReadonlySet<string> {
  const touched = new Set<string>()
  for (const { effects } of outcomes) {
    for (const effect of effects) if (effect.kind === 'booking') touched.add(effect.booking)
  }
  return touched
}
