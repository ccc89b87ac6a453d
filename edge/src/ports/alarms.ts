import type { AlarmSource } from '@baari/shared/contracts/sync/stream-ops'
import type { Instant } from '@baari/shared/units/time'

export type AlarmPlace = {
  readonly source: AlarmSource
  readonly code: string
  readonly subject: string
}

/** An alarm that was raised and not cleared. */
export type OpenAlarm = AlarmPlace & {
  readonly since: Instant
  /** What its first raise said. */
  readonly detail: string
  readonly toldAt: Instant
  /** Raises since it was last told. */
  readonly untold: number
}

export type Alarms = {
  find(place: AlarmPlace): OpenAlarm | undefined
  /** The detail of the first save stays. */
  save(alarm: OpenAlarm): void
  remove(place: AlarmPlace): void
  count(): number
  /** Open alarms last told before this moment. */
  toldBefore(at: Instant): readonly OpenAlarm[]
}
