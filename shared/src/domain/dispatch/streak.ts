import { nozzleTypes, type NozzleType } from '../../units/names.ts'

/**
 * Booked picks in a row while a compatible walk-in waited, per nozzle type. One number for the
 * station would let walk-ins of one type wipe out the turn of another: with NGV1 walk-ins starting
 * at position 1, a bus that fits only position 2 could be passed by booked vehicles for ever. Goal
 * G9 holds "per compatible queue", and a queue is what a nozzle type can serve.
 */
export type Streaks = Readonly<Record<NozzleType, number>>

/** What one pick did to each streak; a type that is absent was not touched. */
export type StreakEffect = Readonly<Partial<Record<NozzleType, 'plus' | 'zero'>>>

export const noStreaks: Streaks = { ngv1: 0, ngv2: 0 }

export function afterPick(streaks: Streaks, effect: StreakEffect): Streaks {
  const entries = nozzleTypes.map((type) => [type, valueAfter(streaks[type], effect[type])])
  return Object.fromEntries(entries) as Streaks
}

function valueAfter(streak: number, effect: 'plus' | 'zero' | undefined): number {
  if (effect === 'zero') return 0
  return effect === 'plus' ? streak + 1 : streak
}

/** The same effect for several nozzle types. */
export function effectOn(types: readonly NozzleType[], effect: 'plus' | 'zero'): StreakEffect {
  return Object.fromEntries(types.map((type) => [type, effect]))
}
