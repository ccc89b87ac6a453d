import type { Verdict } from '@baari/shared/domain/check-in/verdict'
import type { BookingFacts, VehicleFacts } from './scan-facts.ts'
import type { Stop, VerdictFacts } from './stop.ts'

/** The use an admitted scan takes; `continued` goes on with a part-filled one. */
export type UseClaim = {
  readonly useNo: number
  readonly continued: boolean
  readonly vehicle: VehicleFacts
}

/** What one scan comes to. The command stores it; nothing has happened yet. */
export type Decision = {
  readonly verdict: Verdict
  readonly facts: VerdictFacts
  readonly booking: BookingFacts | null
  readonly vehicle: VehicleFacts | null
  /** Set exactly for ADMIT and LATE on the way in. */
  readonly claim: UseClaim | null
  /** A wrong tag of an unsynced code, counted toward the lock. */
  readonly wrongTag: boolean
  readonly gate: 'entry' | 'exit' | null
}

const nothing = { booking: null, vehicle: null, claim: null, wrongTag: false, gate: null } as const

/** A verdict without any effect but the failed scan. */
export function refused(reason: Stop, about: Partial<Decision> = {}): Decision {
  return { ...nothing, ...reason, ...about }
}
