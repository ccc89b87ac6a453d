import type { PositionFacts } from '../../domain/position/position-facts.ts'
import type { LaneNo } from '@baari/shared/units/names'
import type { ScanReading } from './scan-reading.ts'

export type ScanInput = {
  /** Id of the scan, given by whoever heard it; the same id twice is the same scan. */
  readonly scan: string
  readonly lane: LaneNo
  readonly source: 'scanner' | 'camera' | 'keypad'
  readonly reading: ScanReading
  /** What was read, as text; kept 30 days when the scan fails. */
  readonly raw: string
  /** The manager's PIN was checked for this scan. */
  readonly managerUnlocked: boolean
  readonly plate?: string | undefined
  readonly answer?: string | undefined
  /** Whether the cloud could be reached; a scan is marked offline otherwise. */
  readonly linkUp?: boolean | undefined
  readonly positions: readonly PositionFacts[]
}
