import type { UseLimits } from '../domain/check-in/fill-limits.ts'
import type {
  LaneNo,
  NozzleType,
  PositionNo,
  StationNo,
  VehicleClass,
} from '@baari/shared/units/names'
import type { Grams } from '@baari/shared/units/mass'
import type { Millis } from '@baari/shared/units/time'

/** A lane as a scan meets it. */
export type LaneSettings = {
  readonly no: LaneNo
  readonly name: string
  /** Where a scan means "comes in" or "drives off". */
  readonly direction: 'entry' | 'exit'
  /** Classes this lane takes; empty means every class. */
  readonly accepts: readonly VehicleClass[]
}

export type PositionSettings = {
  readonly no: PositionNo
  readonly lane: LaneNo
  readonly nozzles: readonly NozzleType[]
}

/**
 * What use-cases must know about this station: written by `station.configure` at every start from
 * the station file, so that a command reads everything it decides by from the ledger.
 */
export type StationSettings = {
  readonly no: StationNo
  readonly name: string
  /** IANA zone of the clock times above. */
  readonly zone: string
  /** Stations whose tokens this node takes: itself and, with one scanner between two, the other. */
  readonly serves: readonly StationNo[]
  readonly lanes: readonly LaneSettings[]
  readonly positions: readonly PositionSettings[]
  /** Lanes that bookings may use when the booking itself names none; null means every lane. */
  readonly bookedLanes: readonly LaneNo[] | null
  /** How long before the window a vehicle is admitted as a go-show (lanes.md section 2). */
  readonly earlyGraceMs: Millis
  readonly payAtPump: boolean
  /** What the compressor makes: gas of a window is promised from this (product.md 7.1). */
  readonly compressorGramsPerHour: Grams
  /** A fleet token of several vehicles is matched to the one that fits the lane. */
  readonly matchGroupVehicle: boolean
  readonly limits: UseLimits
}
