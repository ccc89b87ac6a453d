import type { StationSettings } from './station-settings.ts'
import type { Instant } from '@baari/shared/units/time'

/** Acts of people that must stay visible: undo, correction, override, skip. */
export type AuditRow = {
  readonly at: Instant
  /** Attendant's id, or `station` for the node itself. */
  readonly by: string
  readonly what: string
  readonly about: string
  readonly facts: Readonly<Record<string, string | number | null>>
}

export type StationRecords = {
  /** Undefined until `station.configure` ran once. */
  settings(): StationSettings | undefined
  saveSettings(settings: StationSettings): void
  audit(row: AuditRow): void
  /** Counts up with every commit that a screen must show. */
  revision(): number
}
