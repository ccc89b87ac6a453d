/**
 * Why a manager lets a vehicle go out of turn. The list is closed, so that a year of such calls can
 * be counted and compared between stations; what fits nowhere is `other` and must be told in words.
 */
export const outOfTurnReasons = [
  /** Ambulance, police or fire vehicle on duty. */
  'emergency_vehicle',
  /** Somebody ill, in labour or otherwise in need is in the vehicle. */
  'person_in_need',
  /** A vehicle that broke down or lost its gas blocks the lane. */
  'breakdown',
  /** A crane, a mobile cascade or another vehicle the station itself needs. */
  'supply_vehicle',
  'other',
] as const

export type OutOfTurnReason = (typeof outOfTurnReasons)[number]

/** Longest words of a manager, in characters. */
export const outOfTurnNoteMax = 120

/** What was told: a code, and words where the code says nothing. */
export type OutOfTurnTold = { readonly reason: OutOfTurnReason; readonly note: string | null }

/** `other` without words would be no reason at all. */
export function isToldFully({ reason, note }: OutOfTurnTold): boolean {
  return reason !== 'other' || (note !== null && note.trim() !== '')
}
