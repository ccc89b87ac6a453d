import type { Millis } from '@baari/shared/units/time'
import type { Priority } from '../ports/bus.ts'

/** How urgent a question to a device is and how long it may take. */
export type AskOptions = {
  readonly priority: Priority
  readonly active?: boolean
  readonly retries: number
  /** Queue time included, for each exchange. */
  readonly withinMs: Millis
}
