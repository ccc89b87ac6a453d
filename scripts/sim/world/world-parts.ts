import type { IdSource, Prng } from '@baari/shared/runtime/chance'
import type { FaultPlan } from '../faults/fault-plan.ts'
import type { Trace } from '../report/trace.ts'
import type { Timeline } from './timeline.ts'

/** What every part of one world shares; faults may be switched off, and are at the end. */
export type WorldParts = {
  readonly seed: number
  readonly timeline: Timeline
  readonly trace: Trace
  /** The faults in force now. */
  readonly faults: () => FaultPlan
  /** Something that must never happen has happened. */
  readonly violation: (rule: string, detail: string) => void
  /** The cloud was restored from a backup, which loses the bookings made since. */
  readonly rowsMayShrink: () => boolean
  readonly prng: (part: string) => Prng
  readonly ids: (part: string) => IdSource
}
