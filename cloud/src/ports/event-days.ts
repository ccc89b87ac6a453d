import type { DayNumber, Instant } from '@baari/shared/units/time'

/** A day nobody's forecast is judged by: a holiday week, a storm. */
export type EventDay = {
  /** Null: every station. */
  readonly station: number | null
  readonly day: DayNumber
  readonly note: string
  readonly by: string
}

export type EventDays = {
  /** Marks a day, or changes what is noted of it. */
  mark(day: EventDay & { readonly at: Instant }): Promise<void>
  /** False where the day was not marked. */
  unmark(day: Pick<EventDay, 'station' | 'day'>): Promise<boolean>
  /** The latest days first. */
  latest(): Promise<readonly EventDay[]>
}
